#include "base/file/yamlfile.h"

#include "base/buf.h"
#include "base/file/plainfile.h"
#include "base/text.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (4u * 1024u * 1024u)
#define UNKNOWN_KEY    "Unexpected key: "

const cyaml_schema_value_t yamlfile_text_entry = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 0, 4096),
};

const cyaml_strval_t yamlfile_words[4] = {{"true", 1}, {"yes", 1}, {"false", 0}, {"no", 0}};

struct notes {
	char text[192];
	unsigned line; /* of the innermost entry of the backtrace; 0: none */
};

static void
on_log(cyaml_log_t level, void *ctx, const char *fmt, va_list args)
{
	struct notes *n = ctx;
	char line[256];
	const char *p = line;
	const char *place;

	(void)level;
	text_vprint(line, sizeof line, fmt, args);
	if (strncmp(p, "Load: ", 6) == 0)
		p += 6;
	place = strstr(p, "(line: ");
	if (strncmp(p, "  in ", 5) == 0) {
		if (n->line == 0 && place != NULL)
			n->line = (unsigned)strtoul(place + strlen("(line: "), NULL, 10);
	} else if (n->text[0] == '\0' && strncmp(p, "Backtrace", 9) != 0) {
		text_print(n->text, sizeof n->text, "%.*s", (int)strcspn(p, "\n"), p);
	}
}

/* libcyaml tells where it was before an unknown key: the key itself is further down. */
static unsigned
key_line(const char *text, const struct notes *n)
{
	const char *key = n->text + strlen(UNKNOWN_KEY);
	size_t length = strlen(key);
	unsigned line = 1;

	for (const char *p = text; *p != '\0'; p++) {
		bool begins = p == text || (!isalnum((unsigned char)p[-1]) && p[-1] != '_');

		if (line >= n->line && begins && strncmp(p, key, length) == 0 &&
		    p[length + strspn(p + length, " ")] == ':')
			return line;
		line += *p == '\n';
	}
	return n->line;
}

static enum code
failed(const char *name, const char *text, cyaml_err_t rc, struct notes *n, struct err *e)
{
	const char *said = n->text[0] != '\0' ? n->text : cyaml_strerror(rc);

	if (strncmp(n->text, UNKNOWN_KEY, strlen(UNKNOWN_KEY)) == 0)
		n->line = key_line(text, n);
	if (n->line == 0)
		return err_set(e, REJ_MALFORMED, name, "%s: %s", name, said);
	return err_set(e, REJ_MALFORMED, name, "%s, line %u: %s", name, n->line, said);
}

enum code
yamlfile_load_text(const char *text, const char *name, const cyaml_schema_value_t *schema,
		   void **out, struct err *e)
{
	struct notes n = {"", 0};
	const cyaml_config_t c = {
	    .log_fn = on_log,
	    .log_ctx = &n,
	    .mem_fn = cyaml_mem,
	    .log_level = CYAML_LOG_ERROR,
	};
	cyaml_err_t rc =
	    cyaml_load_data((const uint8_t *)text, strlen(text), &c, schema, out, NULL);

	if (rc == CYAML_OK && *out == NULL)
		return err_set(e, REJ_MALFORMED, name, "%s is empty", name);
	return rc == CYAML_OK ? OK : failed(name, text, rc, &n, e);
}

enum code
yamlfile_load(const char *path, const cyaml_schema_value_t *schema, void **out, struct err *e)
{
	struct buf text;
	enum code rc;

	buf_init(&text, FILE_BYTES_MAX);
	rc = plainfile_read(AT_FDCWD, path, 0, &text, e);
	if (rc == OK && !buf_add(&text, "", 1))
		rc = err_set(e, REJ_MALFORMED, path, "%s is no file of less than %u bytes", path,
			     FILE_BYTES_MAX);
	if (rc == OK)
		rc = yamlfile_load_text((const char *)text.p, path, schema, out, e);
	buf_fini(&text);
	return rc;
}

void
yamlfile_free(const cyaml_schema_value_t *schema, void *data)
{
	const cyaml_config_t c = {.mem_fn = cyaml_mem, .log_level = CYAML_LOG_ERROR};

	if (data != NULL)
		cyaml_free(&c, schema, data, 0);
}
