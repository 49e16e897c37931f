"""Every setting, read from the environment; docs/settings.md describes each one."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from schema.limits import Limits


class Settings(BaseSettings):
    """What may differ between one deployment and another."""

    model_config = SettingsConfigDict(env_prefix="OMAPOSTI_", populate_by_name=True)

    environment: Literal["development", "staging", "production"] = "production"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    data_dir: Path = Path(".data")
    database_url: str | None = Field(default=None, validation_alias=AliasChoices("DATABASE_URL"))
    application_role: str | None = None
    pool_size: int = Field(default=10, ge=1)
    pool_wait: float = Field(default=1.0, gt=0)
    demo: bool = False
    graphiql: bool | None = None
    introspection: bool = True
    compile_documents: bool = True
    allowed_origins: frozenset[Annotated[str, Field(pattern=r"^https?://[a-z0-9.-]+(:\d+)?$")]] = frozenset()
    trusted_documents: Path | None = None
    trusted_documents_only: bool = False
    limits: Limits = Limits()
    body_limit: int = Field(default=128 * 1024, ge=1024)
    slow_caller_timeout: float = Field(default=12.0, gt=0)
    operation_timeout: float = Field(default=5.0, gt=0)
    log_format: Literal["json", "console"] = "json"

    @property
    def shows_graphiql(self) -> bool:
        """Return whether GraphiQL is served: as set, else everywhere but in production."""
        return self.environment != "production" if self.graphiql is None else self.graphiql
