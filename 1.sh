ir triage --json logs | irreport --title 'web01' >report.md
