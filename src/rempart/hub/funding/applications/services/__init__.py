"""What writes to a file. Every service takes who (`by`) and when (`at`), and refuses with a `Refusal`."""

from rempart.hub.funding.applications.services.drafts import open_draft
from rempart.hub.funding.applications.services.late import admit_late
from rempart.hub.funding.applications.services.moves import perform

__all__ = ["admit_late", "open_draft", "perform"]
