#include "config.h"

#include "base/file/yamlfile.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- file ------------------------------------------------------------------------------------- */

struct file {
	char *database;
	char *socket;
	char *keys;
	char *state;
	char *spd_template;
	char **listen;
	unsigned listen_count;
};

static const cyaml_schema_field_t file_fields[] = {
    YAML_NEED_TEXT("database", struct file, database),
    YAML_TEXT("socket", struct file, socket),
    YAML_TEXT("keys", struct file, keys),
    YAML_TEXT("state", struct file, state),
    YAML_TEXT("spd_template", struct file, spd_template),
    CYAML_FIELD_SEQUENCE("listen", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file, listen,
			 &yamlfile_text_entry, 0, CYAML_UNLIMITED),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file, file_fields),
};

static enum code
add_listen(struct config *c, const char *address, struct err *e)
{
	if (c->n_listen == CONFIG_LISTEN_MAX)
		return err_set(e, FATAL_CONFIG, "listen",
			       "more than %d addresses to listen on: leave out %s",
			       CONFIG_LISTEN_MAX, address);
	c->listen[c->n_listen] = strdup(address);
	if (c->listen[c->n_listen] == NULL)
		return err_set(e, TRY_SYSTEM, "listen", "out of memory");
	c->n_listen++;
	return OK;
}

static enum code
load_file(struct config *c, struct err *e)
{
	struct file *f = NULL;

	if (yamlfile_load(c->file, &file_schema, (void **)&f, e) != OK)
		return e->code = FATAL_CONFIG;
	/* What the command line says goes before the file. */
	if (c->database == NULL)
		c->database = strdup(f->database);
	if (c->socket == NULL && f->socket != NULL)
		c->socket = strdup(f->socket);
	if (c->keys == NULL && f->keys != NULL)
		c->keys = strdup(f->keys);
	if (c->state == NULL && f->state != NULL)
		c->state = strdup(f->state);
	if (c->layout == NULL && f->spd_template != NULL)
		c->layout = strdup(f->spd_template);
	e->code = OK;
	for (unsigned i = 0; i < f->listen_count && e->code == OK; i++)
		add_listen(c, f->listen[i], e);
	yamlfile_free(&file_schema, f);
	return e->code;
}

/* --- command line ----------------------------------------------------------------------------- */

enum { OPT_EMBEDDED = 'e', OPT_CONFIG = 'c', OPT_SOCKET = 's', OPT_LISTEN = 'l', OPT_USER = 'u' };
enum { OPT_CHECK = 256, OPT_KEYS, OPT_DATABASE, OPT_STATE, OPT_TEMPLATE, OPT_VERSION };

static const struct argp_option options[] = {
    {"embedded", OPT_EMBEDDED, "DIR", 0, "Make and run a private PostgreSQL cluster under DIR", 0},
    {"config", OPT_CONFIG, "FILE", 0, "Use the database that FILE (YAML) names", 0},
    {"database", OPT_DATABASE, "CONNINFO", 0, "Use this database (libpq connection string)", 0},
    {"socket", OPT_SOCKET, "PATH", 0, "The Unix socket (default DIR/semsd.sock)", 1},
    {"listen", OPT_LISTEN, "ADDRESS:PORT", 0,
     "Listen on loopback TCP too, e.g. 127.0.0.1:7400; port 0 takes a free one", 1},
    {"keys", OPT_KEYS, "FOLDER", 0, "Where the keys are (default DIR/keys)", 1},
    {"state", OPT_STATE, "FOLDER", 0,
     "Where to note how far the database came (default DIR, or above the keys)", 1},
    {"spd-template", OPT_TEMPLATE, "FILE", 0, "The SPD's layout (default: the one compiled in)", 1},
    {"user", OPT_USER, "NAME", 0,
     "Step down to NAME when started by root (default semsd or postgres)", 1},
    {"check", OPT_CHECK, NULL, 0, "Read the configuration, say whether it is good, and exit", 2},
    {"verbose", 'v', NULL, 0, "Log connections too", 2},
    {"version", OPT_VERSION, NULL, 0, "Print the version", 2},
    {"help", '?', NULL, 0, "Give this help", 2},
    {0},
};

static const char doc[] =
    "Take security performance records over protobuf sockets, commit them to PostgreSQL before "
    "answering, and compute the quarterly SeMS Performance Data.\v"
    "Examples:\n"
    "  semsd --embedded /var/lib/semsd\n"
    "  semsd --embedded ./data --listen 127.0.0.1:7400\n"
    "  semsd --config /etc/semsd/semsd.yaml --check\n\n"
    "Stop it with SIGTERM. Logs go to standard error, one logfmt line per event.";

struct parse {
	struct config *config;
	struct err *err;
	bool told; /* help or version was printed */
};

static void
keep(char **where, const char *arg)
{
	free(*where);
	*where = strdup(arg);
}

static char **
text_option(struct config *c, int key)
{
	switch (key) {
	case OPT_EMBEDDED:
		return &c->embedded;
	case OPT_CONFIG:
		return &c->file;
	case OPT_DATABASE:
		return &c->database;
	case OPT_SOCKET:
		return &c->socket;
	case OPT_KEYS:
		return &c->keys;
	case OPT_STATE:
		return &c->state;
	case OPT_TEMPLATE:
		return &c->layout;
	case OPT_USER:
		return &c->user;
	default:
		return NULL;
	}
}

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
	struct parse *p = state->input;
	struct config *c = p->config;
	char **text = text_option(c, key);

	if (text != NULL) {
		keep(text, arg);
		return 0;
	}
	if (key == OPT_LISTEN)
		return add_listen(c, arg, p->err) == OK ? 0 : EINVAL;
	if (key == OPT_CHECK) {
		c->check = true;
		return 0;
	}
	if (key == 'v') {
		c->verbose = true;
		return 0;
	}
	if (key == OPT_VERSION) {
		printf("semsd %s\n", SEMS_VERSION);
		p->told = true;
		return 0;
	}
	if (key == '?') {
		argp_state_help(state, stdout,
				ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC);
		p->told = true;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static char *
joined(const char *dir, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

/* "a/b/c" gives "a/b", "c" gives ".". */
static char *
folder_above(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return strdup(".");
	return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

static enum code
complete(struct config *c, struct err *e)
{
	if (c->embedded != NULL && (c->database != NULL || c->file != NULL))
		return err_set(
		    e, FATAL_CONFIG, "options",
		    "--embedded has its own database: leave out --config and --database");
	if (c->embedded == NULL && c->database == NULL)
		return err_set(e, FATAL_CONFIG, "options",
			       "no database: say --embedded DIR for a private one, or --config "
			       "FILE for yours");
	if (c->embedded != NULL && c->socket == NULL)
		c->socket = joined(c->embedded, "semsd.sock");
	if (c->embedded != NULL && c->keys == NULL)
		c->keys = joined(c->embedded, "keys");
	if (c->embedded != NULL && c->state == NULL)
		c->state = strdup(c->embedded);
	if (c->socket == NULL)
		c->socket = strdup("/run/semsd/semsd.sock");
	if (c->keys == NULL)
		c->keys = strdup("/var/lib/semsd/keys");
	if (c->state == NULL && c->keys != NULL)
		c->state = folder_above(c->keys);
	return OK;
}

enum code
config_load(struct config *c, int argc, char **argv, struct err *e)
{
	const struct argp argp = {options, parse_option, NULL, doc, NULL, NULL, NULL};
	struct parse p = {c, e, false};

	memset(c, 0, sizeof *c);
	e->code = OK;
	if (argp_parse(&argp, argc, argv, ARGP_NO_EXIT | ARGP_NO_HELP, NULL, &p) != 0)
		return e->code != OK ? e->code
				     : err_set(e, FATAL_CONFIG, "options", "see semsd --help");
	if (p.told)
		return err_set(e, REJ_STATE, "options", "told");
	if (c->file != NULL && load_file(c, e) != OK)
		return e->code;
	return complete(c, e);
}

void
config_fini(struct config *c)
{
	free(c->embedded);
	free(c->user);
	free(c->file);
	free(c->database);
	free(c->socket);
	free(c->keys);
	free(c->state);
	free(c->layout);
	for (unsigned i = 0; i < c->n_listen; i++)
		free(c->listen[i]);
	memset(c, 0, sizeof *c);
}
