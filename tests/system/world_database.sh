# Faults of the database, each once; tests/README.md says what each proves.
exec bash "$(dirname "$0")/../world/short.sh" 9 F1 F2 F3 F4 F6 F7 F15 F28 F51
