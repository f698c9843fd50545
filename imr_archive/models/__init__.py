"""The archive's tables. Wide text has tables of its own (``*Text``), so that reading facts for facets stays fast."""

from imr_archive.models.body_part import BodyPart
from imr_archive.models.correction import Correction
from imr_archive.models.determination import Determination, DeterminationText
from imr_archive.models.disputed_item import DisputedItem, DisputedItemText, ItemBodyPart, ItemTreatment
from imr_archive.models.dropped_file import DroppedFile
from imr_archive.models.facet_index import FacetIndex, FacetIndexPart, IndexChange
from imr_archive.models.guideline import Guideline
from imr_archive.models.guideline_citation import GuidelineCitation
from imr_archive.models.guideline_mention import GuidelineMention
from imr_archive.models.ingest_run import IngestRun, IngestRunFile
from imr_archive.models.item_reason import ItemReason
from imr_archive.models.login_event import LoginEvent
from imr_archive.models.review import Review
from imr_archive.models.reviewer import Reviewer, ReviewerLicence, ReviewerSpecialty
from imr_archive.models.revision import Revision
from imr_archive.models.source_letter import SourceLetter
from imr_archive.models.treatment import Treatment
from imr_archive.models.upload_preview import PreviewedLetter, PreviewFile, UploadPreview
from imr_archive.models.withdrawal import Withdrawal, WithdrawnHash

__all__ = [
    "BodyPart",
    "Correction",
    "Determination",
    "DeterminationText",
    "DisputedItem",
    "DisputedItemText",
    "DroppedFile",
    "FacetIndex",
    "FacetIndexPart",
    "Guideline",
    "GuidelineCitation",
    "GuidelineMention",
    "IndexChange",
    "IngestRun",
    "IngestRunFile",
    "ItemBodyPart",
    "ItemReason",
    "ItemTreatment",
    "LoginEvent",
    "PreviewFile",
    "PreviewedLetter",
    "Review",
    "Reviewer",
    "ReviewerLicence",
    "ReviewerSpecialty",
    "Revision",
    "SourceLetter",
    "Treatment",
    "UploadPreview",
    "Withdrawal",
    "WithdrawnHash",
]
