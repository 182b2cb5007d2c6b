#include "render/bundle_read.h"

#include "base/count.h"
#include "base/file/plainfile.h"
#include "core/spd/declaration.h"
#include "core/spd/spd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#define KIB       ((uint64_t)1 << 10)
#define MIB       ((uint64_t)1 << 20)
#define FILES_MAX 512
#define FILE_MAX  (512 * MIB)
#define TOTAL_MAX (1024 * MIB)
/* JSON and pages of tables shrink to a tenth, or a fiftieth at best; a thousandth is what deflate
 * makes of one byte repeated. */
#define EXPANSION_MAX  200u
#define EXPANSION_FREE MIB /* so much is never too much, whatever it was packed into */

/* What has been read so far, and of what. */
struct reading {
	struct bundle *b;
	uint64_t total;
	uint64_t archive; /* bytes of the ZIP file; 0: a folder, where nothing expands */
	struct err *e;
};

/* One file of it; read gives the next bytes, 0 at the end, -1 when it cannot. */
struct member {
	const char *name;
	uint64_t size;   /* as it states, until it was read */
	uint64_t packed; /* bytes that it takes in the archive; 0: a folder */
	int64_t (*read)(void *from, void *to, size_t n);
	void *from;
};

static bool
is_plain(const char *name)
{
	static const char good[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
	size_t n = strlen(name);

	return n > 0 && n < sizeof((struct bundle_file *)NULL)->name && name[0] != '.' &&
	       strspn(name, good) == n;
}

/* How much of a file is kept to be looked into; 0: nothing. */
static uint64_t
kept_max(const char *name)
{
	static const struct {
		const char *name;
		uint64_t max;
	} kept[] = {
	    {BUNDLE_MANIFEST, MIB},
	    {BUNDLE_SIGNATURE, KIB},
	    {"spd.json", SPD_DOCUMENT_MAX},
	    {"spd.sig", KIB},
	    {"declaration.json", DECLARATION_MAX},
	};

	for (size_t i = 0; i < COUNT(kept); i++)
		if (strcmp(name, kept[i].name) == 0)
			return kept[i].max;
	return strncmp(name, "signing-key-", 12) == 0 ? KIB : 0;
}

/* --- bounds ----------------------------------------------------------------------------------- */

static enum code
too_large(const struct reading *r, const char *what, uint64_t max)
{
	bool whole = max >= MIB;

	return err_set(r->e, REJ_MALFORMED, "bundle",
		       "%.100s of more than %" PRIu64 " %s, which no bundle has", what,
		       whole ? max / MIB : max / KIB, whole ? "MiB" : "KiB");
}

static enum code
too_many(const struct reading *r)
{
	return err_set(r->e, REJ_MALFORMED, "bundle",
		       "it has more than %d files, which no bundle has", FILES_MAX);
}

static bool
expands(uint64_t n, uint64_t packed)
{
	return packed > 0 && n > EXPANSION_FREE && n / EXPANSION_MAX > packed;
}

/* Before any of a file is read. */
static enum code
check_bounds(const struct reading *r, const struct member *m)
{
	uint64_t kept = kept_max(m->name);
	char what[128];

	snprintf(what, sizeof what, "it has a file %.100s", m->name);
	if (m->size > (kept > 0 ? kept : FILE_MAX))
		return too_large(r, what, kept > 0 ? kept : FILE_MAX);
	if (m->size > TOTAL_MAX - r->total)
		return too_large(r, "it has files", TOTAL_MAX);
	if (expands(m->size, m->packed))
		return err_set(r->e, REJ_MALFORMED, "bundle",
			       "its file %.100s expands more than %u times, which none of a bundle "
			       "does",
			       m->name, EXPANSION_MAX);
	if (expands(r->total + m->size, r->archive))
		return err_set(r->e, REJ_MALFORMED, "bundle",
			       "it expands more than %u times, which no bundle does",
			       EXPANSION_MAX);
	return OK;
}

/* --- a file ----------------------------------------------------------------------------------- */

static enum code
unreadable(const struct reading *r, const struct member *m)
{
	return err_set(r->e, REJ_MALFORMED, "bundle", "%.100s cannot be read", m->name);
}

static enum code
has_other_size(const struct reading *r, const struct member *m)
{
	return err_set(r->e, REJ_MALFORMED, "bundle", "%.100s has not the size that is stated",
		       m->name);
}

static enum code
read_pieces(struct reading *r, const struct member *m, struct bundle_file *file, EVP_MD_CTX *digest)
{
	unsigned char piece[65536];
	int64_t n;

	while ((n = m->read(m->from, piece, sizeof piece)) > 0) {
		file->n += (uint64_t)n;
		if (file->n > m->size)
			return has_other_size(r, m);
		if (EVP_DigestUpdate(digest, piece, (size_t)n) != 1 ||
		    (file->bytes.max > 0 && !buf_add(&file->bytes, piece, (size_t)n)))
			return err_set(r->e, TRY_SYSTEM, "bundle", "out of memory");
	}
	if (n < 0)
		return unreadable(r, m);
	r->total += file->n;
	return file->n == m->size ? OK : has_other_size(r, m);
}

static enum code
read_member(struct reading *r, const struct member *m)
{
	struct bundle_file *file;
	EVP_MD_CTX *digest;
	enum code code;

	if (!is_plain(m->name) || bundle_find(r->b, m->name) != NULL)
		return err_set(r->e, REJ_MALFORMED, "bundle",
			       "it has a file named '%.100s', which a bundle never has", m->name);
	if (r->b->n == FILES_MAX)
		return too_many(r);
	code = check_bounds(r, m);
	if (code != OK)
		return code;
	file = &r->b->file[r->b->n++];
	snprintf(file->name, sizeof file->name, "%s", m->name);
	buf_init(&file->bytes, (size_t)kept_max(m->name));
	digest = EVP_MD_CTX_new();
	if (digest == NULL || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1)
		code = err_set(r->e, TRY_SYSTEM, "bundle", "out of memory");
	if (code == OK)
		code = read_pieces(r, m, file, digest);
	if (code == OK && EVP_DigestFinal_ex(digest, file->sha256, NULL) != 1)
		code = err_set(r->e, TRY_SYSTEM, "bundle", "out of memory");
	EVP_MD_CTX_free(digest);
	return code;
}

/* --- an archive ------------------------------------------------------------------------------- */

static int64_t
read_packed(void *from, void *to, size_t n)
{
	return zip_fread(from, to, n);
}

static enum code
read_entry(struct reading *r, zip_t *z, zip_uint64_t i)
{
	const zip_uint64_t wanted = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
	struct member m = {.read = read_packed};
	zip_stat_t st;
	enum code code;

	if (zip_stat_index(z, i, 0, &st) != 0 || (st.valid & wanted) != wanted)
		return err_set(r->e, REJ_MALFORMED, "bundle", "it is no whole ZIP file");
	m.name = st.name;
	m.size = st.size;
	m.packed = st.comp_size < r->archive ? st.comp_size + 1 : r->archive;
	m.from = zip_fopen_index(z, i, 0);
	if (m.from == NULL)
		return unreadable(r, &m);
	code = read_member(r, &m);
	zip_fclose(m.from);
	return code;
}

/*
 * False when the archive's end tells of more entries than a bundle has files. libzip makes room for
 * all of them before anybody can count. Wherever the end's mark is, it may be taken for the end;
 * an archive of the longer format says 0xffff here, or the same.
 */
static bool
has_few_entries(int fd, uint64_t size)
{
	unsigned char tail[22 + 65535]; /* the end, and the longest comment */
	size_t n = size < sizeof tail ? (size_t)size : sizeof tail;

	if (pread(fd, tail, n, (off_t)(size - n)) != (ssize_t)n)
		return false;
	for (size_t i = 0; i + 22 <= n; i++)
		if (memcmp(tail + i, "PK\005\006", 4) == 0 &&
		    (tail[i + 10] | tail[i + 11] << 8) > FILES_MAX)
			return false;
	return true;
}

static enum code
read_zip(const char *path, struct reading *r)
{
	int why = 0;
	zip_t *z;
	struct stat st;
	int fd;
	enum code code = plainfile_open(AT_FDCWD, path, 0, &fd, &st, r->e);

	if (code != OK)
		return code;
	r->archive = (uint64_t)st.st_size;
	if (!has_few_entries(fd, r->archive)) {
		close(fd);
		return too_many(r);
	}
	z = zip_fdopen(fd, ZIP_CHECKCONS, &why);
	if (z == NULL) {
		close(fd);
		return err_set(r->e, REJ_MALFORMED, "bundle",
			       "%.180s is no ZIP file, or a damaged one", path);
	}
	for (zip_int64_t i = 0; code == OK && i < zip_get_num_entries(z, 0); i++)
		code = read_entry(r, z, (zip_uint64_t)i);
	zip_discard(z);
	return code;
}

/* --- a folder --------------------------------------------------------------------------------- */

static int64_t
read_plain(void *from, void *to, size_t n)
{
	return read(*(const int *)from, to, n);
}

static enum code
read_file(struct reading *r, int folder, const char *name)
{
	struct stat st;
	int fd;
	struct member m = {.name = name, .read = read_plain, .from = &fd};
	enum code code = plainfile_open(folder, name, O_NOFOLLOW, &fd, &st, r->e);

	if (code != OK)
		return code;
	m.size = (uint64_t)st.st_size;
	code = read_member(r, &m);
	close(fd);
	return code;
}

static enum code
read_folder(const char *path, struct reading *r)
{
	DIR *dir = opendir(path);
	enum code code = OK;

	if (dir == NULL)
		return err_set(r->e, REJ_NOT_FOUND, "bundle", "cannot open %.180s: %s", path,
			       strerror(errno));
	for (const struct dirent *d = readdir(dir); d != NULL && code == OK; d = readdir(dir))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			code = read_file(r, dirfd(dir), d->d_name);
	closedir(dir);
	return code;
}

/* --- either ----------------------------------------------------------------------------------- */

enum code
bundle_open(const char *path, struct bundle *b, struct err *e)
{
	struct reading r = {.b = b, .e = e};
	struct stat st;
	const struct bundle_file *manifest;
	enum code code;

	*b = (struct bundle){.file = calloc(FILES_MAX, sizeof *b->file)};
	if (b->file == NULL)
		return err_set(e, TRY_SYSTEM, "bundle", "out of memory");
	if (stat(path, &st) != 0)
		return err_set(e, REJ_NOT_FOUND, "bundle", "cannot open %.180s: %s", path,
			       strerror(errno));
	code = S_ISDIR(st.st_mode) ? read_folder(path, &r) : read_zip(path, &r);
	manifest = bundle_find(b, BUNDLE_MANIFEST);
	if (code == OK && manifest == NULL)
		return err_set(e, REJ_MALFORMED, "bundle", "%.180s has no " BUNDLE_MANIFEST, path);
	if (code == OK)
		b->manifest = json_loadb((const char *)manifest->bytes.p, manifest->bytes.n,
					 JSON_REJECT_DUPLICATES, NULL);
	return code;
}

void
bundle_fini(struct bundle *b)
{
	for (size_t i = 0; b->file != NULL && i < b->n; i++)
		buf_fini(&b->file[i].bytes);
	free(b->file);
	json_decref(b->manifest);
}

const struct bundle_file *
bundle_find(const struct bundle *b, const char *name)
{
	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->file[i].name, name) == 0)
			return &b->file[i];
	return NULL;
}
