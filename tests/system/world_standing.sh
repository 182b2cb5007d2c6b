# Faults of semsds that are killed in a migration or stand still, each once; tests/README.md says what each proves.
exec bash "$(dirname "$0")/../world/short.sh" 3 F47 F48 F49
