"""Networks: precise enough for a town, never for one subscriber."""

import pytest

from models.values.network import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("testclient", None),
        ("", None),
        (None, None),
        ("192.0.2.77, 10.0.0.1", None),
        ("9" * 5000, None),
    ],
)
def test_an_address_is_kept_as_its_network(address: str | None, network: str | None) -> None:
    assert network_of(address) == network


def test_neighbouring_addresses_have_one_network() -> None:
    assert len({network_of(f"192.0.2.{host}") for host in range(256)}) == 1
    assert len({network_of(f"2001:db8:1:{subnet:x}::1") for subnet in range(256)}) == 1
