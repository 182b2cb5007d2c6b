#include "config.h"

#include "base/file/yamlfile.h"
#include "settings.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- where a setting is kept ------------------------------------------------------------------ */

static char **
text_of_setting(struct config *c, const struct setting *s)
{
	return (char **)(void *)((char *)c + s->member);
}

static struct config_list *
list_of_setting(struct config *c, const struct setting *s)
{
	return (struct config_list *)(void *)((char *)c + s->member);
}

static enum code
add_to_list(struct config *c, const struct setting *s, const char *address, struct err *e)
{
	struct config_list *list = list_of_setting(c, s);

	if (list->n == CONFIG_LISTEN_MAX)
		return err_set(e, FATAL_CONFIG, s->name,
			       "more than %d addresses to listen on: leave out %s",
			       CONFIG_LISTEN_MAX, address);
	list->of[list->n] = strdup(address);
	if (list->of[list->n] == NULL)
		return err_set(e, TRY_SYSTEM, s->name, "out of memory");
	list->n++;
	return OK;
}

/* --- file ------------------------------------------------------------------------------------- */

#define FILE_KEYS_MAX 16
#define KEY_SIZE      32
#define TEXT_MAX      4096

/* What libcyaml reads a file into, by the table's place. */
struct file {
	char *text[FILE_KEYS_MAX];
	struct {
		char **of;
		unsigned n;
	} list[FILE_KEYS_MAX];
};

struct file_schema {
	char keys[FILE_KEYS_MAX][KEY_SIZE];
	cyaml_schema_field_t fields[FILE_KEYS_MAX + 1];
	cyaml_schema_value_t value;
};

static cyaml_schema_field_t
text_field(const char *key, unsigned at, bool is_needed)
{
	cyaml_schema_field_t f = YAML_TEXT(key, struct file, text[0]);

	if (is_needed)
		f = (cyaml_schema_field_t)YAML_NEED_TEXT(key, struct file, text[0]);
	f.data_offset = (uint32_t)(offsetof(struct file, text) + at * sizeof(char *));
	return f;
}

static cyaml_schema_field_t
list_field(const char *key, unsigned at)
{
	cyaml_schema_field_t f = {.key = key,
				  .value = {.type = CYAML_SEQUENCE,
					    .flags = CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
					    .data_size = sizeof(char *),
					    .sequence = {&yamlfile_text_entry, 0, 100000}},
				  .count_size = sizeof(unsigned)};

	f.data_offset = (uint32_t)(offsetof(struct file, list[0].of) +
				   at * sizeof(((struct file *)NULL)->list[0]));
	f.count_offset = (uint32_t)(offsetof(struct file, list[0].n) +
				    at * sizeof(((struct file *)NULL)->list[0]));
	return f;
}

/* False: the table has more keys than there is room for. */
static bool
make_schema(struct file_schema *m)
{
	unsigned n = 0;

	for (size_t i = 0; i < n_settings; i++) {
		const struct setting *s = &settings[i];

		if ((s->place & IN_FILE) == 0)
			continue;
		if (n == FILE_KEYS_MAX || strlen(s->name) >= KEY_SIZE)
			return false;
		snprintf(m->keys[n], KEY_SIZE, "%s", s->name);
		for (char *dash = m->keys[n]; (dash = strchr(dash, '-')) != NULL;)
			*dash = '_';
		if (s->type == SETTING_LIST)
			m->fields[n] = list_field(m->keys[n], n);
		else
			m->fields[n] = text_field(m->keys[n], n, (s->place & NEEDED_IN_FILE) != 0);
		n++;
	}
	m->fields[n] = (cyaml_schema_field_t)CYAML_FIELD_END;
	m->value =
	    (cyaml_schema_value_t){CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file, m->fields)};
	return true;
}

static enum code
take_list(struct config *c, const struct setting *s, const struct file *f, unsigned at,
	  struct err *e)
{
	for (unsigned i = 0; i < f->list[at].n && e->code == OK; i++)
		add_to_list(c, s, f->list[at].of[i], e);
	return e->code;
}

/* What the command line says goes before the file. */
static enum code
take_file(struct config *c, const struct file *f, struct err *e)
{
	unsigned n = 0;

	for (size_t i = 0; i < n_settings && e->code == OK; i++) {
		const struct setting *s = &settings[i];

		if ((s->place & IN_FILE) == 0)
			continue;
		if (s->type == SETTING_LIST)
			take_list(c, s, f, n, e);
		else if (*text_of_setting(c, s) == NULL && f->text[n] != NULL)
			*text_of_setting(c, s) = strdup(f->text[n]);
		n++;
	}
	return e->code;
}

static enum code
load_file(struct config *c, struct err *e)
{
	static struct file_schema schema;
	struct file *f = NULL;

	if (!make_schema(&schema))
		return err_set(e, FATAL_BUG, c->file, "more keys than there is room for");
	if (yamlfile_load(c->file, &schema.value, (void **)&f, e) != OK)
		return e->code = FATAL_CONFIG;
	e->code = OK;
	take_file(c, f, e);
	yamlfile_free(&schema.value, f);
	return e->code;
}

/* --- command line ----------------------------------------------------------------------------- */

#define OPTIONS_MAX 32

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
	bool told; /* something was printed instead */
};

static void
keep(char **where, const char *arg)
{
	free(*where);
	*where = strdup(arg);
}

static void
tell(int key, struct argp_state *state)
{
	if (key == SETTING_VERSION)
		printf("semsd %s\n", SEMS_VERSION);
	else if (key == SETTING_EXAMPLE)
		settings_example(stdout);
	else if (key == SETTING_MANUAL)
		settings_manual(stdout);
	else
		argp_state_help(state, stdout,
				ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC);
}

static error_t
parse_option(int key, char *arg, struct argp_state *state)
{
	struct parse *p = state->input;
	const struct setting *s = settings;

	while (s < settings + n_settings && s->key != key)
		s++;
	if (s == settings + n_settings)
		return ARGP_ERR_UNKNOWN;
	if (s->type == SETTING_TEXT)
		keep(text_of_setting(p->config, s), arg);
	else if (s->type == SETTING_LIST)
		return add_to_list(p->config, s, arg, p->err) == OK ? 0 : EINVAL;
	else if (s->type == SETTING_FLAG)
		*(bool *)((char *)p->config + s->member) = true;
	else
		tell(key, state);
	p->told = p->told || s->type == SETTING_TELL;
	return 0;
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
check_durability(const struct config *c, struct err *e)
{
	if (strcmp(c->durability, DURABILITY_LOCAL) == 0)
		return OK;
	if (strcmp(c->durability, DURABILITY_REPLICATED) != 0)
		return err_set(e, FATAL_CONFIG, "durability",
			       "\"%.40s\" is no level of durability: say local or replicated",
			       c->durability);
	return c->embedded == NULL
		   ? OK
		   : err_set(e, FATAL_CONFIG, "durability",
			     "replicated needs a database with a synchronous standby, and "
			     "--embedded has none: say local, or use --config or --database");
}

static void
complete_embedded(struct config *c)
{
	if (c->socket == NULL)
		c->socket = joined(c->embedded, "semsd.sock");
	if (c->keys == NULL)
		c->keys = joined(c->embedded, "keys");
	if (c->state == NULL)
		c->state = strdup(c->embedded);
	if (c->tls_folder == NULL)
		c->tls_folder = joined(c->embedded, "tls");
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
	if (c->embedded == NULL && c->web != NULL)
		return err_set(e, FATAL_CONFIG, "options",
			       "--web goes with --embedded: beside a database of your own start "
			       "semsweb by itself");
	if (c->embedded != NULL)
		complete_embedded(c);
	if (c->tls_folder == NULL)
		c->tls_folder = strdup("/etc/semsd/tls");
	if (c->socket == NULL)
		c->socket = strdup("/run/semsd/semsd.sock");
	if (c->keys == NULL)
		c->keys = strdup("/var/lib/semsd/keys");
	if (c->state == NULL && c->keys != NULL)
		c->state = folder_above(c->keys);
	if (c->durability == NULL)
		c->durability = strdup(DURABILITY_LOCAL);
	return check_durability(c, e);
}

enum code
config_load(struct config *c, int argc, char **argv, struct err *e)
{
	struct argp_option options[OPTIONS_MAX] = {{0}};
	const struct argp argp = {options, parse_option, NULL, doc, NULL, NULL, NULL};
	struct parse p = {c, e, false};

	memset(c, 0, sizeof *c);
	e->code = OK;
	for (size_t i = 0; i < n_settings && i < OPTIONS_MAX - 1; i++)
		options[i] =
		    (struct argp_option){settings[i].name, settings[i].key,  settings[i].arg, 0,
					 settings[i].help, settings[i].group};
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
	for (size_t i = 0; i < n_settings; i++) {
		const struct setting *s = &settings[i];

		if (s->type == SETTING_TEXT)
			free(*text_of_setting(c, s));
		for (unsigned k = 0; s->type == SETTING_LIST && k < list_of_setting(c, s)->n; k++)
			free(list_of_setting(c, s)->of[k]);
	}
	memset(c, 0, sizeof *c);
}
