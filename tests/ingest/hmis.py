"""A small HMIS export of our own making: invented organisations, six enrolments, every rule of the preset once."""

import csv
import zipfile
from pathlib import Path

ORGANIZATION = """\
OrganizationID,OrganizationName,VictimServiceProvider,DateDeleted
7,Lantern House,1,
8,Harbour Trust,1,
"""
PROJECT = """\
ProjectID,OrganizationID,ProjectName,OperatingStartDate,OperatingEndDate,DateDeleted
70,7,Lantern Shelter,2015-01-01,,
80,8,Harbour Outreach,1975-04-01,2025-06-30,
"""
EXPORT = """\
ExportID,ExportDate,ExportStartDate,ExportEndDate,CSVVersion
1,2026-01-10 09:30:00,2025-01-01,2025-12-31,2026 v1
"""
CLIENT = """\
PersonalID,FirstName,LastName,SSN,DOB,Sex,DateDeleted
501,Canary,Person-Alpha,900000001,1995-06-15,0,
502,Canary,Person-Beta,900000002,2015-01-01,1,
503,Canary,Person-Gamma,900000003,,99,
599,Canary,Nobody,900000009,1980-01-01,0,
"""
# 9005 has no project, 9006 is deleted; 501 is known to both organisations.
ENROLLMENT = """\
EnrollmentID,PersonalID,ProjectID,EntryDate,ReferralSource,DateDeleted
9001,501,70,2025-02-03,35,
9002,502,70,2025-03-01,,
9003,501,80,2025-06-14,28,
9004,503,80,2025-07-01,77,
9005,503,99,2025-07-02,1,
9006,503,80,2025-07-03,1,2025-08-01
"""
# The exit of 9003 lies after the export's end; 9404 leaves on the day of entry; 9499 belongs to nobody.
EXIT = """\
ExitID,EnrollmentID,PersonalID,ExitDate,Destination,DateDeleted
e1,9001,501,2025-05-05,410,
e3,9003,501,2026-02-01,24,
e4,9004,503,2025-07-01,116,
e9,9499,503,2025-07-01,116,
"""
SERVICES = """\
ServicesID,EnrollmentID,PersonalID,DateProvided,RecordType,TypeProvided,DateDeleted
31,9001,501,2025-02-10,144,2,
32,9001,501,2025-02-11,200,200,
33,9006,503,2025-07-04,144,2,
"""
LIVING = """\
CurrentLivingSitID,EnrollmentID,PersonalID,InformationDate,CurrentLivingSituation,DateDeleted
41,9003,501,2025-06-20,116,
"""
EVENT = """\
EventID,EnrollmentID,PersonalID,EventDate,Event,ReferralResult,ResultDate,DateDeleted
51,9003,501,2025-06-21,13,3,2025-06-30,
"""
HEALTH = """\
HealthAndDVID,EnrollmentID,PersonalID,InformationDate,DomesticViolenceSurvivor,WhenOccurred,CurrentlyFleeing,DataCollectionStage,DateDeleted
61,9001,501,2025-02-03,1,4,1,1,
62,9001,501,2025-05-05,1,4,0,3,
63,9002,502,2025-03-01,0,,,1,
64,9003,501,2025-06-14,1,1,0,1,
65,9003,501,2025-07-14,1,2,0,2,
66,9004,503,2025-07-01,1,9,0,1,
67,9004,503,2025-07-01,99,,,1,
"""
FILES = {
    "Organization": ORGANIZATION,
    "Project": PROJECT,
    "Export": EXPORT,
    "Client": CLIENT,
    "Enrollment": ENROLLMENT,
    "Exit": EXIT,
    "Services": SERVICES,
    "CurrentLivingSituation": LIVING,
    "Event": EVENT,
    "HealthAndDV": HEALTH,
}


def write_hmis(path: Path, **changed: str) -> Path:
    """Write the export as a zip, or as a folder; ``changed`` replaces files by name."""
    files = {**FILES, **changed}
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(f"{name}.csv", text)
        return path
    path.mkdir(exist_ok=True)
    for name, text in files.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    return path


def rows_of(text: str) -> list[dict[str, str]]:
    """The rows of one of the texts above."""
    return list(csv.DictReader(text.splitlines()))
