"""The technology cluster of a pledged patent: its main IPC subclass, read once from the lake when it is offered."""

from langqiao.web.common.lake import organization_lake, site_lake
from langqiao.web.patents import records
from langqiao.web.people.models import Organization

UNKNOWN = "?"


def cluster_of(key: str, organization: Organization) -> str:
    """The first IPC subclass of the publication, as H04W; "?" where no lake names one."""
    for lake in (site_lake(), organization_lake(organization.pk)):
        found = records.dossier(lake, key)
        for row in found.classifications if found is not None else ():
            if row["scheme"] == "ipc" and row["symbol"]:
                return str(row["symbol"]).replace(" ", "")[:4].upper()
    return UNKNOWN
