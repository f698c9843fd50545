"""The coded values of the archive and their labels, independent of any framework.

The codes are stored in the database and used in URLs and in the parser's JSON, so their spelling must never change.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self


class Vocabulary(StrEnum):
    """A closed list of codes. Each member is its code as a string, and has the label that pages show."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """Make the member whose value is ``code``."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Return (code, label) pairs in the order of definition, in the form of Django's ``choices``."""
        return [(member.value, member.label) for member in cls]


class Outcome(Vocabulary):
    """The decision of the review on the denial of one disputed item."""

    UPHELD = "upheld", "Upheld"
    OVERTURNED = "overturned", "Overturned"

    @property
    def meaning(self) -> str:
        """The outcome with its consequence, so that readers do not confuse the two."""
        return {"upheld": "Upheld: the denial stands", "overturned": "Overturned: the treatment is approved"}[self]


class CaseOutcome(Vocabulary):
    """The outcome of a whole determination, derived from the outcomes of its items."""

    UPHELD = "upheld", "Upheld"
    OVERTURNED = "overturned", "Overturned"
    PARTIALLY_OVERTURNED = "partially_overturned", "Partly overturned"


class CitedBy(Vocabulary):
    """The side that cites a guideline."""

    CLAIMS_ADMINISTRATOR = "claims_administrator", "Claims administrator"
    REVIEWER = "reviewer", "Expert reviewer"


class Basis(Vocabulary):
    """The kind of guideline that one side relied on for one item."""

    MTUS = "mtus", "MTUS only"
    BOTH = "both", "MTUS and other guidelines"
    NON_MTUS = "non_mtus", "Other guidelines only"
    NONE_CITED = "none_cited", "None cited"
    UNSTATED = "unstated", "Not stated"


class GuidelineSource(Vocabulary):
    """The family of guidelines that a citation belongs to."""

    MTUS_ACOEM = "mtus-acoem", "MTUS / ACOEM"
    MTUS_CHRONIC_PAIN = "mtus-chronic-pain", "MTUS Chronic Pain"
    MTUS_OPIOIDS = "mtus-opioids", "MTUS Opioids"
    MTUS_ACUPUNCTURE = "mtus-acupuncture", "MTUS Acupuncture"
    MTUS_POSTSURGICAL = "mtus-postsurgical", "MTUS Postsurgical"
    MTUS_FORMULARY = "mtus-formulary", "MTUS Drug Formulary"
    MTUS = "mtus", "MTUS"
    ODG = "odg", "ODG"
    ACOEM = "acoem", "ACOEM (outside the MTUS)"
    OTHER = "other", "Other sources"

    @property
    def unlisted_slug(self) -> str:
        """The slug of the entry for guidelines of this source that are not in our tables."""
        return f"{self}-unlisted"


class ReasonCode(Vocabulary):
    """Why the reviewer upheld or overturned a denial. Reasons to uphold come first."""

    NO_INDICATION = "no-indication", "Indication not documented"
    MISSING_RECORDS = "missing-records", "Records or explanation missing"
    FIRST_LINE_NOT_TRIED = "first-line-not-tried", "First-line care not tried"
    NO_BENEFIT_SHOWN = "no-benefit-shown", "No benefit shown so far"
    DEPENDS_ON_DENIED = "depends-on-denied", "Depends on a denied service"
    NOT_RECOMMENDED = "not-recommended", "Not recommended by the guideline"
    EXCEEDS_GUIDELINE = "exceeds-guideline", "Exceeds the guideline"
    ALREADY_DONE = "already-done", "Already done or duplicate"
    RISK_OR_MONITORING = "risk-or-monitoring", "Risk, or monitoring missing"
    INCOMPLETE_REQUEST = "incomplete-request", "Request incomplete"
    GUIDELINE_SILENT = "guideline-silent", "No guideline addresses it"
    INDICATION_MET = "indication-met", "Indication met"
    BENEFIT_SHOWN = "benefit-shown", "Benefit shown so far"
    FIRST_LINE_FAILED = "first-line-failed", "First-line care failed"
    WITHIN_GUIDELINE = "within-guideline", "Within the guideline"
    PART_OF_APPROVED = "part-of-approved", "Part of an approved service"
    NEEDED_SAFETY = "needed-safety", "Needed for safety or monitoring"
    EXCEPTIONAL = "exceptional", "Exceptional case"
    OTHER = "other", "Other reason"


class Priority(Vocabulary):
    """The priority of the review."""

    STANDARD = "standard", "Standard"
    EXPEDITED = "expedited", "Expedited"


class Sex(Vocabulary):
    """The injured worker's sex, as stated in the summary."""

    FEMALE = "F", "Female"
    MALE = "M", "Male"


class Laterality(Vocabulary):
    """The side of the body that a request names."""

    LEFT = "left", "Left"
    RIGHT = "right", "Right"
    BILATERAL = "bilateral", "Both sides"


class Layout(Vocabulary):
    """The layout of a letter."""

    BOXED = "boxed", "Boxed"
    PLAIN = "plain", "Plain"
    NOTICE = "notice", "Notice"
    PROFESSIONAL_REVIEW = "professional-review", "Professional review"

    @property
    def was_seen_whole(self) -> bool:
        """Whether whole letters of the layout were at hand when the rules that read it were written."""
        return self is Layout.BOXED


class Severity(Vocabulary):
    """The severity of a diagnostic."""

    INFO = "info", "Note"
    WARNING = "warning", "Warning"
    ERROR = "error", "Error"


class DiagnosticCode(Vocabulary):
    """A diagnostic: what the parser noticed about a letter."""

    NOT_A_DETERMINATION = "not-a-determination", "Not a determination letter"
    SOURCE_REFUSED = "source-refused", "The file is not accepted"
    SOURCE_UNREADABLE = "source-unreadable", "The file cannot be read"
    PARSER_FAILED = "parser-failed", "The parser failed"
    CASE_NUMBER_MISSING = "case-number-missing", "No case number is printed"
    DATE_OUT_OF_RANGE = "date-out-of-range", "A date that cannot be"
    DATES_OUT_OF_ORDER = "dates-out-of-order", "Possible contradiction: dates"
    SUMMARY_CONTRADICTS_BOX = "summary-contradicts-box", "Possible contradiction: summary and box"
    REVIEWER_MISSING = "reviewer-missing", "No reviewer profile is printed"
    SUMMARY_MISSING = "summary-missing", "No clinical case summary is printed"
    SUMMARY_CUT = "summary-cut", "The summary ends in mid-sentence"
    ITEMS_MISSING = "items-missing", "No disputed item was found"
    OUTCOME_MISSING = "outcome-missing", "An item without an outcome"
    GUIDELINE_MISSING = "guideline-missing", "An item without a guideline paragraph"
    RATIONALE_MISSING = "rationale-missing", "An item without a rationale"
    UNKNOWN_SPECIALTY = "unknown-specialty", "A specialty that is not in our tables"
    UNKNOWN_STATE = "unknown-state", "A licence state that is not in our tables"
    UNKNOWN_GUIDELINE = "unknown-guideline", "A guideline that is not in our tables"
    CITATION_DOUBTED = "citation-doubted", "A citation that looks misread"
    UNCLASSIFIED_TREATMENT = "unclassified-treatment", "A treatment that is not in our tables"
    UNCLAIMED_TEXT = "unclaimed-text", "Text that no rule claimed"
    OUTCOME_CONTRADICTED = "outcome-contradicted", "Possible contradiction: outcome"
    BODY_PART_MISMATCH = "body-part-mismatch", "Possible mismatch: body part"
    SIDE_MISMATCH = "side-mismatch", "Possible mismatch: side"
    GUIDELINE_MISMATCH = "guideline-mismatch", "Possible mismatch: guideline"
    WORKER_CONTRADICTED = "worker-contradicted", "Possible contradiction about the worker"
    SERVICE_DATE_DOUBTED = "service-date-doubted", "Possible wrong date of service"
    PAGE_WITHOUT_TEXT = "page-without-text", "A page without a text layer"
    PAGE_TURNED = "page-turned", "A page was turned upright"
    PAGE_ASKEW = "page-askew", "A page could not be turned upright"
    PAGES_REORDERED = "pages-reordered", "The pages were put in order"
    PAGES_OUT_OF_ORDER = "pages-out-of-order", "The pages are out of order"
    TEXT_READ_ONCE = "text-read-once", "Text that stands twice was read once"
    TEXT_TWICE = "text-twice", "A part of the letter stands twice"
    RECURRING_LINES = "recurring-lines", "Lines that recur on the pages were left out"
    ONE_OF_SEVERAL_LETTERS = "one-of-several-letters", "One of several letters in the file"
    SEVERAL_LETTERS = "several-letters", "The file holds several letters that were not separated"
    READ_BY_DESCRIPTION = "read-by-description", "Read by rules that were written from descriptions"

    @property
    def severity(self) -> Severity:
        """The severity: an error means that the letter was not read, a warning that a value may be missing or wrong."""
        if self in _ERRORS:
            return Severity.ERROR
        if self in _NOTES:
            return Severity.INFO
        return Severity.WARNING


_ERRORS = frozenset(
    {
        DiagnosticCode.NOT_A_DETERMINATION,
        DiagnosticCode.SOURCE_REFUSED,
        DiagnosticCode.SOURCE_UNREADABLE,
        DiagnosticCode.PARSER_FAILED,
    }
)
_NOTES = frozenset(
    {
        DiagnosticCode.CASE_NUMBER_MISSING,
        DiagnosticCode.SUMMARY_CUT,
        DiagnosticCode.UNKNOWN_GUIDELINE,
        DiagnosticCode.UNCLASSIFIED_TREATMENT,
        DiagnosticCode.UNCLAIMED_TEXT,
        DiagnosticCode.PAGE_TURNED,
        DiagnosticCode.PAGES_REORDERED,
        DiagnosticCode.TEXT_READ_ONCE,
        DiagnosticCode.RECURRING_LINES,
        DiagnosticCode.ONE_OF_SEVERAL_LETTERS,
        DiagnosticCode.READ_BY_DESCRIPTION,
    }
)


class HoldCode(Vocabulary):
    """Why a letter is held. Identifiers of persons come first, then signs that the letter was misread."""

    NAME = "name", "A person's name"
    SOCIAL_SECURITY_NUMBER = "social-security-number", "A social security number"
    PHONE = "phone", "A telephone number"
    EMAIL = "email", "An e-mail address"
    ADDRESS = "address", "A street address"
    BIRTH_DATE = "birth-date", "A date of birth"
    CLAIM_NUMBER = "claim-number", "A claim number"
    RECORD_NUMBER = "record-number", "A medical record number"
    UNCLAIMED_TEXT = "unclaimed-text", "Text before the summary that no rule claimed"
    UNKNOWN_SPECIALTY = "unknown-specialty", "A specialty that is not in our tables"
    ITEMS_MISSING = "items-missing", "No disputed item was found"
    OUTCOME_MISSING = "outcome-missing", "An item without an outcome"
    SECTION_LOST = "section-lost", "A section is lost"
    PAGE_WITHOUT_TEXT = "page-without-text", "A page without a text layer"
    PAGE_ASKEW = "page-askew", "A page could not be turned upright"
    PAGES_OUT_OF_ORDER = "pages-out-of-order", "The pages are out of order"
    TEXT_TWICE = "text-twice", "A part of the letter stands twice"
    SEVERAL_LETTERS = "several-letters", "Several letters that were not separated"
    READS_WORSE = "reads-worse", "Reads worse than the letter it would replace"
    TAKEN_BACK = "taken-back", "Taken back with the run that brought it"

    @property
    def is_mild(self) -> bool:
        """Return whether the letter is only incomplete: no person named, no letters mixed, no good one replaced."""
        return self in _MILD


_MILD = frozenset(
    {
        HoldCode.ITEMS_MISSING,
        HoldCode.OUTCOME_MISSING,
        HoldCode.SECTION_LOST,
        HoldCode.PAGE_WITHOUT_TEXT,
        HoldCode.PAGE_ASKEW,
        HoldCode.PAGES_OUT_OF_ORDER,
    }
)


class PublishHeld(Vocabulary):
    """Which letters a run publishes although the screen found a reason to hold them."""

    NONE = "none", "None"
    CLEAN = "clean", "Those in which something is only missing"
    ALL = "all", "All but files of several letters"


class WithdrawalScope(Vocabulary):
    """What becomes of the letters of a withdrawn determination."""

    HIDE = "hide", "Hidden: its letters are kept and it can be reinstated"
    DESTROY = "destroy", "Destroyed: nothing of its letters is kept"


class SourceKind(Vocabulary):
    """The kind of file of a source letter, recognised by its bytes."""

    PDF = "pdf", "PDF"
    TEXT = "text", "Text"
    UNKNOWN = "unknown", "Not recognised"


class SourceState(Vocabulary):
    """The state of a source letter."""

    CURRENT = "current", "Current letter of its case"
    DUPLICATE = "duplicate", "Same letter in another file"
    SUPERSEDED = "superseded", "Replaced by a newer letter of its case"
    QUARANTINED = "quarantined", "Quarantined"
    HELD = "held", "Held until somebody publishes it"
    WITHDRAWN = "withdrawn", "Of a withdrawn determination"


class FileStatus(Vocabulary):
    """The result of one file of an ingest run."""

    NEW = "new", "New"
    UPDATED = "updated", "Updated"
    UNCHANGED = "unchanged", "Unchanged"
    DUPLICATE = "duplicate", "Duplicate"
    SUPERSEDED = "superseded", "Superseded"
    HELD = "held", "Held"
    QUARANTINED = "quarantined", "Quarantined"
    PASSED_OVER = "passed-over", "Passed over"


class Stage(Vocabulary):
    """The step at which a quarantined file failed."""

    RECEIVE = "receive", "Receiving"
    READ = "read", "Reading"
    PARSE = "parse", "Parsing"
    STORE = "store", "Storing"


class RevisionKind(Vocabulary):
    """The kind of change that a revision records."""

    INGEST = "ingest", "Ingested"
    REPLACE = "replace", "Replaced by another letter"
    REPARSE = "reparse", "Read again"
    MERGE = "merge", "Merged into another case"
    CORRECTION = "correction", "Corrected"
    CORRECTION_WITHDRAWN = "correction-withdrawn", "Correction withdrawn"
    HOLD = "hold", "Held"
    PUBLISH = "publish", "Published"
    WITHDRAWAL = "withdrawal", "Withdrawn"
    REINSTATE = "reinstate", "Reinstated"
    UNDO = "undo", "Undone"


class RunStatus(Vocabulary):
    """The status of an ingest run. All runs that are not finished can be resumed."""

    RUNNING = "running", "Running"
    FINISHED = "finished", "Finished"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Failed"


class PreviewStatus(Vocabulary):
    """The status of the preview of an upload."""

    WAITING = "waiting", "Waiting to be read"
    READING = "reading", "Being read"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"


class PreviewVerdict(Vocabulary):
    """What publishing a letter of a preview would do."""

    NEW = "new", "New"
    UPDATE = "update", "Update"
    DUPLICATE = "duplicate", "Duplicate"
    HELD = "held", "Held"
    UNREADABLE = "unreadable", "Can't be read"


class LoginEventKind(Vocabulary):
    """The kind of event in an account's login history."""

    LOGGED_IN = "logged-in", "Signed in"
    LOGGED_OUT = "logged-out", "Signed out"
    FAILED = "failed", "Wrong name or password"
    CODE_REFUSED = "code-refused", "Wrong one-time code"
    LOCKED_OUT = "locked-out", "Locked out after repeated failures"
    PASSWORD_CHANGED = "password-changed", "Password changed"
    TWO_FACTOR_ON = "two-factor-on", "Two-factor sign-in switched on"
    TWO_FACTOR_OFF = "two-factor-off", "Two-factor sign-in switched off"
