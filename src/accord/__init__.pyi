from accord.api import Acceptance as Acceptance
from accord.api import Actions as Actions
from accord.api import Audit as Audit
from accord.api import Figures as Figures
from accord.api import Recycle as Recycle
from accord.api import Value as Value
from accord.api import open_workspace as open  # noqa: A004  accord.open reads well
from accord.diagnosis.viewing import Viewer as Viewer
from accord.errors import AccordError as AccordError
from accord.errors import AgreementError as AgreementError
from accord.errors import DataError as DataError
from accord.errors import EngineError as EngineError
from accord.errors import Fault as Fault
from accord.errors import UsageError as UsageError
from accord.errors import WorkspaceError as WorkspaceError
from accord.language import use_language as use_language
from accord.report.board.written import BoardReport as BoardReport
from accord.report.diagnosis.written import Diagnosis as Diagnosis
from accord.values import Bounds as Bounds
from accord.values import Estimate as Estimate
from accord.values import Reason as Reason
from accord.values import Unknown as Unknown

__version__: str
__all__ = [
    "Acceptance",
    "AccordError",
    "Actions",
    "AgreementError",
    "Audit",
    "BoardReport",
    "Bounds",
    "DataError",
    "Diagnosis",
    "EngineError",
    "Estimate",
    "Fault",
    "Figures",
    "Reason",
    "Recycle",
    "Unknown",
    "UsageError",
    "Value",
    "Viewer",
    "WorkspaceError",
    "__version__",
    "open",
    "use_language",
]
