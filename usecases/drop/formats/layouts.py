"""Layouts by their name in a manifest."""

from usecases.drop.formats import extranet, omaposti, prinetti, smartship
from usecases.drop.formats.layout import Layout

LAYOUTS: dict[str, Layout] = {
    "extranet-csv-1": extranet.LAYOUT,
    "smartship-csv-1": smartship.LAYOUT,
    "omaposti-jsonl-1": omaposti.LAYOUT,
    "prinetti-tsv-1": prinetti.LAYOUT,
}
