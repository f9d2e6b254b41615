"""Settings, all of them, from the environment (prefix ``NR_``)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator can set. ``nr reglages`` prints this table with the values in force."""

    model_config = SettingsConfigDict(env_prefix="NR_", extra="ignore")

    outputs: Path = Field(Path("outputs"), description="Dossier de tout ce qui est produit, base de données comprise.")
    database_url: str = Field("", description="Base de données (SQLAlchemy) ; vide : SQLite dans le dossier produit.")
    prefect_api_url: str = Field("", description="Serveur Prefect existant ; vide : le nôtre, démarré à la demande.")
    host: str = Field("127.0.0.1", description="Adresse d’écoute de « nr servir ».")
    port: int = Field(0, description="Port des pages de « nr servir » ; 0 : un port libre.")
    public_url: str = Field("", description="Adresse de nos pages vue par les gens, pour y mener depuis Prefect.")
    mail_from: str = Field("", description="Adresse qui envoie les courriers ; vide : celle du compte NR_SMTP_USER.")
    smtp_host: str = Field("", description="Serveur de courrier ; vide : les courriers sont écrits dans .courrier/.")
    smtp_port: int = Field(587, description="Port du serveur de courrier.")
    smtp_tls: Literal["starttls", "tls", "non"] = Field("starttls", description="Chiffrement : starttls, tls ou non.")
    smtp_user: str = Field("", description="Compte du serveur de courrier ; vide : sans compte.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Mot de passe de ce compte.")
    tsa_url: str = Field("", description="Autorité d’horodatage (RFC 3161) des têtes ; vide : pas d’horodatage.")
    tsa_ca: Path | None = Field(None, description="Certificats (PEM) de cette autorité, pour vérifier ses jetons.")
    sources_protocols: str = Field(
        "https,http,sftp,webdavs,webdav",
        description="Protocoles par lesquels un inventaire peut être relu ; « file » s’ajoute pour un dossier local.",
    )
    sources_private: bool = Field(
        False, description="Permettre aux sources d’inventaire les adresses privées et locales (réseau interne)."
    )
    sources_seconds: float = Field(60, description="Secondes qu’une source peut prendre, en tout, pour répondre.")
    sources_known_hosts: Path | None = Field(
        None, description="Clés connues des serveurs SFTP (known_hosts) ; vide : celles du compte."
    )
    roles_recents: float = Field(
        24, description="Heures pendant lesquelles une décision dit que le registre vient de donner le rôle."
    )
    lien_jours: int = Field(
        60, gt=0, le=3650, description="Jours pendant lesquels s’ouvre le lien d’une validation, tant qu’elle attend."
    )
    proxies: str = Field(
        "127.0.0.1", description="Serveurs frontaux dont on croit l’adresse du visiteur (adresses, « , » entre elles)."
    )
    umask: str = Field(
        "077",
        pattern=r"^0?[0-7]{3}$",
        description="Droits retirés à ce qui est produit : 077, à son seul propriétaire ; 007, à son groupe aussi.",
    )
    shared: Path | None = Field(None, description="Données de référence pour les tests ; vide : ces tests sont passés.")

    @property
    def mask(self) -> int:
        """The rights taken off what is made, as a number."""
        return int(self.umask, 8)

    @property
    def database(self) -> str:
        """Address of our database."""
        return self.database_url or f"sqlite:///{(self.outputs / 'nr.db').absolute()}"

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        return self.mail_from or (self.smtp_user if "@" in self.smtp_user else "feuille-de-route@localhost")

    @property
    def store(self) -> Path:
        """Bytes of every round ever made, by their SHA-256."""
        return self.outputs / ".store"

    @property
    def tetes(self) -> Path:
        """Head files of the trail, one a day at most where nothing more happens."""
        return self.outputs / "tetes"

    @property
    def prefect_home(self) -> Path:
        """Home of the embedded Prefect server."""
        return self.outputs.absolute() / ".prefect"


def masked(text: str) -> str:
    """The same text, without the accounts, passwords and tokens of the addresses in it: what may be said or noted."""
    return _IN_QUERY.sub(r"\1***", _BEFORE_HOST.sub("://***@", text))


_BEFORE_HOST = re.compile(r"://\S*@(?=\S)")
_IN_QUERY = re.compile(r"([?&;][^=&;\s]*(?:passw|pwd|token|key|secret|sig)[^=&;\s]*=)[^&;\s]*", re.IGNORECASE)
