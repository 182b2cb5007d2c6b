# Faults of the process, each once; tests/README.md says what each proves.
exec bash "$(dirname "$0")/../world/short.sh" 6 F8 F23 F24 F35 F36 F40
