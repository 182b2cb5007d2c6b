# Faults of time, each once; tests/README.md says what each proves.
exec bash "$(dirname "$0")/../world/short.sh" 2 F41 F42
