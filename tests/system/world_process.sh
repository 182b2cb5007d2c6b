# Faults of the process, each once; tests/README.md says what each proves.
exec bash "$(dirname "$0")/../world/short.sh" 8 F8 F20 F22 F23 F24 F35 F36 F40
