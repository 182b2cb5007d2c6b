# Faults of the network and of what is sent, each once; tests/README.md says what each proves.
exec bash "$(dirname "$0")/../world/short.sh" 12 F9 F10 F11 F12 F13 F19 F25 F26 F29 F33 F43 F44
