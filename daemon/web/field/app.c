#include "web/field/app.h"

#include "base/buf.h"
#include "base/count.h"
#include "base/digest.h"
#include "base/file/embed.h"
#include "web/http/answer.h"

#include <stdio.h>
#include <string.h>

#define FOLDER       "/field/"
#define WORKER       "sw.js"
#define WORKER_SIZE  ((size_t)64 * 1024)
#define VERSION_SIZE 17 /* 16 hexadecimal digits */

/* "": the page itself. */
static const struct {
	const char *name, *file, *type;
} files[] = {
#define MODULE(name)                                                             \
	{                                                                        \
		name, "daemon/web/field/" name, "text/javascript; charset=utf-8" \
	}
    {"", "daemon/web/field/index.html", "text/html; charset=utf-8"},
    {"field.css", "daemon/web/field/field.css", "text/css; charset=utf-8"},
    {"app.webmanifest", "daemon/web/field/app.webmanifest", "application/manifest+json"},
    {"icon.svg", "daemon/web/field/icon.svg", "image/svg+xml"},
    MODULE("app.js"),
    MODULE("clock.js"),
    MODULE("db.js"),
    MODULE("device.js"),
    MODULE("form.js"),
    MODULE("outbox.js"),
    MODULE("record.js"),
    MODULE(WORKER),
#undef MODULE
};

static void
put_version(char version[VERSION_SIZE])
{
	unsigned char digest[SHA256_SIZE] = {0};
	struct buf all;

	buf_init(&all, (size_t)4 * 1024 * 1024);
	for (size_t i = 0; i < COUNT(files); i++)
		buf_addf(&all, "%s\n%s\n", files[i].name, embed_text(files[i].file));
	if (all.failed || !sha256(all.p, all.n, digest))
		memset(digest, 0, sizeof digest);
	hex_encode(digest, (VERSION_SIZE - 1) / 2, version);
	buf_fini(&all);
}

/* Which version it is, and of which files, stands before what it does. */
static void
serve_worker(struct asked *a, size_t i)
{
	char version[VERSION_SIZE];
	struct buf text;

	put_version(version);
	buf_init(&text, WORKER_SIZE);
	buf_addf(&text, "const VERSION = \"%s\";\nconst FILES = [", version);
	for (size_t k = 0; k < COUNT(files); k++)
		if (k != i)
			buf_addf(&text, "\"" FOLDER "%s\",", files[k].name);
	buf_addf(&text, "];\n%s", embed_text(files[i].file));
	if (text.failed)
		answer_refuse(a, 503, 1, "", "out of memory: try again");
	else
		answer_give(a, &(struct answer){.status = 200,
						.type = files[i].type,
						.body = {(const char *)text.p, text.n}});
	buf_fini(&text);
}

void
app_serve(void *ctx, struct asked *a)
{
	const char *path = asked_path(a);
	const char *name =
	    strncmp(path, FOLDER, sizeof FOLDER - 1) == 0 ? path + sizeof FOLDER - 1 : "";
	size_t i = 0;

	(void)ctx;
	while (i < COUNT(files) && strcmp(files[i].name, name) != 0)
		i++;
	if (i == COUNT(files))
		answer_refuse(a, 404, 0, "", "there is no such file");
	else if (strcmp(name, WORKER) == 0)
		serve_worker(a, i);
	else
		answer_give(a, &(struct answer){.status = 200,
						.type = files[i].type,
						.body = text_of(embed_text(files[i].file))});
}

void
app_enrol(void *ctx, struct asked *a)
{
	(void)ctx;
	answer_give(a, &(struct answer){.status = 303, .location = FOLDER});
}
