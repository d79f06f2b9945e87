ir triage --json logs | irreport --format html -o report.html
