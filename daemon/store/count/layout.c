#include "store/count/layout.h"

#include "base/buf.h"
#include "base/file/embed.h"
#include "base/file/plainfile.h"

#include <fcntl.h>

#define CATALOGUE_PATH "deploy/catalogue/metrics.yaml"
#define TEMPLATE_PATH  "deploy/catalogue/template.yaml"
#define FILE_MAX       (1u << 20)

static struct spd_template *used;

const struct catalogue *
spd_catalogue(struct err *e)
{
	static struct catalogue *catalogue;
	const char *text = embed_text(CATALOGUE_PATH);

	if (text == NULL)
		err_set(e, FATAL_BUG, CATALOGUE_PATH, "is not compiled in");
	else if (catalogue == NULL && catalogue_read(CATALOGUE_PATH, text, &catalogue, e) != OK)
		return NULL;
	return catalogue;
}

enum code
layout_use(const char *path, struct err *e)
{
	const struct catalogue *c = spd_catalogue(e);
	struct buf text;

	if (c == NULL)
		return e->code;
	buf_init(&text, FILE_MAX);
	if (plainfile_read(AT_FDCWD, path, 0, &text, e) != OK)
		e->code = FATAL_CONFIG;
	else if (!buf_add(&text, "", 1))
		err_set(e, FATAL_CONFIG, path, "the SPD's layout %.160s is too large", path);
	else if (template_read(path, (const char *)text.p, c, &used, e) == OK)
		e->code = OK;
	buf_fini(&text);
	return e->code;
}

const struct spd_template *
layout_template(struct err *e)
{
	const struct catalogue *c = spd_catalogue(e);
	const char *text = embed_text(TEMPLATE_PATH);

	if (c == NULL)
		return NULL;
	if (used == NULL && text == NULL)
		err_set(e, FATAL_BUG, TEMPLATE_PATH, "is not compiled in");
	else if (used == NULL && template_read(TEMPLATE_PATH, text, c, &used, e) != OK)
		return NULL;
	return used;
}
