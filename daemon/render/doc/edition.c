#include "render/doc/edition.h"

#include "base/digest.h"
#include "base/text.h"
#include "core/spd/keys.h"
#include "core/spd/marking.h"
#include "core/spd/schema.h"

#include <stdio.h>
#include <string.h>

#define DECLARATION "sems-declaration/1"

static enum code
read_part(const struct buf *bytes, const char *what, json_t **out, struct err *e)
{
	json_error_t why;

	*out = json_loadb((const char *)bytes->p, bytes->n, JSON_REJECT_DUPLICATES, &why);
	if (!json_is_object(*out))
		return err_set(e, REJ_MALFORMED, what, "the %s is no JSON object: line %d: %s",
			       what, *out == NULL ? why.line : 1, *out == NULL ? why.text : "");
	return OK;
}

/* A declaration is of one document, and names it by its digest. */
static enum code
check_declaration(const struct edition *ed, struct err *e)
{
	const char *format = spd_text(ed->declaration, DOC_FORMAT);
	const char *named = spd_text(ed->declaration, DOC_DOCUMENT_SHA256);
	struct err why;

	if (strcmp(format, DECLARATION) != 0)
		return err_set(
		    e, REJ_MALFORMED, "declaration",
		    "the declaration's format is '%.64s', this program reads " DECLARATION, format);
	if (schema_check(SCHEMA_DECLARATION, ed->declaration, &why) != OK)
		return err_set(e, REJ_MALFORMED, why.where,
			       "the declaration is not as it was made: %s", why.text);
	if (strcmp(named, ed->sha256) != 0)
		return err_set(
		    e, REJ_MALFORMED, "declaration",
		    "the declaration is of another document: it names SHA-256 %.64s, the "
		    "document has %s",
		    named, ed->sha256);
	return OK;
}

static void
digest(const struct buf *bytes, char out[65])
{
	unsigned char raw[SHA256_SIZE] = {0};

	sha256(bytes->p, bytes->n, raw);
	hex_encode(raw, sizeof raw, out);
}

enum code
edition_read(struct edition *ed, const struct buf *bytes, const struct buf *declaration,
	     const struct buf *seal, struct err *e)
{
	enum code code;

	*ed = (struct edition){.bytes = bytes, .declaration_bytes = declaration};
	digest(bytes, ed->sha256);
	code = spd_doc_read(bytes, &ed->doc, e);
	if (code == OK)
		code = marking_check(spd_text(ed->doc, DOC_MARKING), e);
	if (code == OK && declaration != NULL)
		code = read_part(declaration, "declaration", &ed->declaration, e);
	if (code == OK && declaration != NULL)
		code = check_declaration(ed, e);
	if (code == OK && seal != NULL)
		code = read_part(seal, "seal", &ed->seal, e);
	if (code == OK && seal != NULL && strcmp(spd_text(ed->seal, DOC_SHA256), ed->sha256) != 0)
		code = err_set(e, REJ_MALFORMED, "seal",
			       "the seal is of another document: it names SHA-256 %.64s, the "
			       "document has %s",
			       spd_text(ed->seal, DOC_SHA256), ed->sha256);
	if (code != OK)
		edition_fini(ed);
	return code;
}

void
edition_fini(struct edition *ed)
{
	json_decref(ed->doc);
	json_decref(ed->declaration);
	json_decref(ed->seal);
	*ed = (struct edition){0};
}

const json_t *
edition_event(const struct edition *ed, const char *action)
{
	const json_t *found = NULL;
	const json_t *event;
	size_t i;

	json_array_foreach(json_object_get(ed->declaration, DOC_EVENTS), i, event)
	{
		if (strcmp(spd_text(event, DOC_ACTION), action) == 0)
			found = event;
		else if (strcmp(action, "QA") == 0 &&
			 strcmp(spd_text(event, DOC_STATE), "DRAFT") == 0)
			found = NULL; /* it has to be reviewed again */
	}
	return found;
}

const char *
edition_state(const struct edition *ed)
{
	const char *state = spd_text(ed->declaration, DOC_STATE);

	return state[0] == '\0' ? spd_text(ed->doc, DOC_STATE) : state;
}

void
edition_words(const struct edition *ed, char out[SPD_CELL])
{
	json_int_t revision = json_integer_value(json_object_get(ed->doc, DOC_REVISION));
	char state[SPD_CELL];

	spd_words(edition_state(ed), state);
	if (revision > 0)
		snprintf(out, SPD_CELL, "%.64s, revision %" JSON_INTEGER_FORMAT, state, revision);
	else
		snprintf(out, SPD_CELL, "%.64s", state);
}
