#include "render/file/archive.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

#define DOS_1980_01_01 0x21 /* year 0, month 1, day 1 */
#define PART_MAX       ((zip_uint64_t)1 << 30)

static enum code
fail(struct err *e, const char *why)
{
	return err_set(e, TRY_LIMIT, "archive", "cannot make the archive: %s", why);
}

static bool
add_member(zip_t *z, const struct member_file *m)
{
	zip_source_t *source = zip_source_buffer(z, m->p, m->n, 0);
	zip_int64_t at;

	if (source == NULL)
		return false;
	at = zip_file_add(z, m->name, source, ZIP_FL_ENC_UTF_8);
	if (at < 0) {
		zip_source_free(source);
		return false;
	}
	return zip_file_set_dostime(z, (zip_uint64_t)at, 0, DOS_1980_01_01, 0) == 0 &&
	       zip_file_set_external_attributes(z, (zip_uint64_t)at, 0, ZIP_OPSYS_UNIX,
						(zip_uint32_t)0100600 << 16) == 0;
}

/* What was written into a source that is memory. */
static bool
copy_source(zip_source_t *source, struct buf *out)
{
	zip_stat_t st;
	unsigned char *to;
	bool copied;

	zip_stat_init(&st);
	if (zip_source_stat(source, &st) != 0 || !(st.valid & ZIP_STAT_SIZE) ||
	    (to = buf_extend(out, st.size)) == NULL || zip_source_open(source) != 0)
		return false;
	copied = zip_source_read(source, to, st.size) == (zip_int64_t)st.size;
	zip_source_close(source);
	return copied;
}

enum code
archive_make(const struct member_file *members, size_t n, struct buf *out, struct err *e)
{
	zip_error_t why;
	zip_source_t *memory = zip_source_buffer_create(NULL, 0, 0, &why);
	zip_t *z = memory == NULL ? NULL : zip_open_from_source(memory, ZIP_TRUNCATE, &why);
	enum code code = OK;

	if (z == NULL) {
		zip_source_free(memory);
		return fail(e, "out of memory");
	}
	zip_source_keep(memory);
	for (size_t i = 0; i < n && code == OK; i++)
		if (!add_member(z, &members[i]))
			code = fail(e, zip_strerror(z));
	if (code != OK) {
		zip_discard(z);
	} else if (zip_close(z) != 0) {
		code = fail(e, zip_strerror(z));
		zip_discard(z);
	} else if (!copy_source(memory, out)) {
		code = fail(e, "out of memory");
	}
	zip_source_free(memory);
	return code;
}

/* The root's name stands after "<" that is neither "<?" nor "<!"; the end is "</name>" or "/>". */
static bool
ends_with_root(const char *p, size_t n)
{
	size_t at = 0;
	size_t name = 0;

	while (at + 1 < n && !(p[at] == '<' && p[at + 1] != '?' && p[at + 1] != '!'))
		at++;
	at++;
	while (at + name < n && strchr(" \t\r\n/>", p[at + name]) == NULL)
		name++;
	while (n > 0 && strchr(" \t\r\n", p[n - 1]) != NULL)
		n--;
	if (at + name >= n || name == 0)
		return false;
	if (n >= 2 && p[n - 1] == '>' && p[n - 2] == '/')
		return memchr(p + at, '>', n - at) == p + n - 1; /* the root has nothing in it */
	return n > name + 3 && p[n - 1] == '>' && memcmp(p + n - 1 - name, p + at, name) == 0 &&
	       memcmp(p + n - 3 - name, "</", 2) == 0;
}

static bool
member_is_whole(zip_t *z, zip_uint64_t i)
{
	const char *name = zip_get_name(z, i, 0);
	size_t length = name == NULL ? 0 : strlen(name);
	zip_stat_t st;
	zip_file_t *f;
	char *text;
	bool whole;

	if (length < 5 || zip_stat_index(z, i, 0, &st) != 0 || st.size > PART_MAX)
		return false;
	f = zip_fopen_index(z, i, 0);
	text = malloc(st.size + 1);
	whole = f != NULL && text != NULL && zip_fread(f, text, st.size) == (zip_int64_t)st.size &&
		/* Read past the end: then the checksum has been looked at. */
		zip_fread(f, text + st.size, 1) == 0;
	if (whole &&
	    (strcmp(name + length - 4, ".xml") == 0 || strcmp(name + length - 5, ".rels") == 0))
		whole = ends_with_root(text, st.size);
	free(text);
	if (f != NULL)
		zip_fclose(f);
	return whole;
}

bool
archive_xml_is_whole(const struct buf *archive)
{
	zip_error_t why;
	zip_source_t *source = zip_source_buffer_create(archive->p, archive->n, 0, &why);
	zip_t *z = source == NULL ? NULL : zip_open_from_source(source, ZIP_RDONLY, &why);
	bool whole = z != NULL;

	if (z == NULL) {
		zip_source_free(source);
		return false;
	}
	for (zip_uint64_t i = 0; whole && i < (zip_uint64_t)zip_get_num_entries(z, 0); i++)
		whole = member_is_whole(z, i);
	zip_discard(z);
	return whole;
}
