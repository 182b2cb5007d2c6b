#include "tools/lib/yamlfile.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const cyaml_schema_value_t yamlfile_text_entry = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 0, 4096),
};

struct notes {
	char text[192];
	char place[64]; /* the innermost "in ..." of the backtrace: it has the line */
};

static void
on_log(cyaml_log_t level, void *ctx, const char *fmt, va_list args)
{
	struct notes *n = ctx;
	char line[256];
	const char *p = line;
	size_t length;

	(void)level;
	vsnprintf(line, sizeof line, fmt, args);
	if (strncmp(p, "Load: ", 6) == 0)
		p += 6;
	length = strcspn(p, "\n");
	if (strncmp(p, "  in ", 5) == 0) {
		if (n->place[0] == '\0')
			snprintf(n->place, sizeof n->place, "%.*s", (int)(length - 2), p + 2);
	} else if (n->text[0] == '\0' && strncmp(p, "Backtrace", 9) != 0) {
		snprintf(n->text, sizeof n->text, "%.*s", (int)length, p);
	}
}

static cyaml_config_t
config(struct notes *n)
{
	return (cyaml_config_t){
	    .log_fn = on_log,
	    .log_ctx = n,
	    .mem_fn = cyaml_mem,
	    .log_level = CYAML_LOG_ERROR,
	    .flags = CYAML_CFG_DEFAULT,
	};
}

static enum code
failed(const char *name, cyaml_err_t rc, const struct notes *n, struct err *e)
{
	const char *said = n->text[0] != '\0' ? n->text : cyaml_strerror(rc);

	return err_set(e, REJ_MALFORMED, name, "%s: %s%s%s", name, said,
		       n->place[0] != '\0' ? ", " : "", n->place);
}

enum code
yamlfile_load(const char *path, const cyaml_schema_value_t *schema, void **out, struct err *e)
{
	struct notes n = {"", ""};
	cyaml_config_t c = config(&n);
	cyaml_err_t rc = cyaml_load_file(path, &c, schema, out, NULL);

	if (rc == CYAML_ERR_FILE_OPEN)
		return err_set(e, REJ_NOT_FOUND, path, "cannot read %s", path);
	return rc == CYAML_OK ? OK : failed(path, rc, &n, e);
}

enum code
yamlfile_load_text(const char *text, const char *name, const cyaml_schema_value_t *schema,
		   void **out, struct err *e)
{
	struct notes n = {"", ""};
	cyaml_config_t c = config(&n);
	cyaml_err_t rc =
	    cyaml_load_data((const uint8_t *)text, strlen(text), &c, schema, out, NULL);

	return rc == CYAML_OK ? OK : failed(name, rc, &n, e);
}

void
yamlfile_free(const cyaml_schema_value_t *schema, void *data)
{
	struct notes n = {"", ""};
	cyaml_config_t c = config(&n);

	if (data != NULL)
		(void)cyaml_free(&c, schema, data, 0);
}
