#include "tools/sheet/infile.h"

#include "base/digest.h"
#include "base/file/plainfile.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPOOL_MAX ((uint64_t)4 << 30)

static enum code
copy_all(int from, int to, uint64_t max, struct err *e)
{
	unsigned char chunk[65536];
	uint64_t total = 0;
	ssize_t n;

	while ((n = read(from, chunk, sizeof chunk)) > 0) {
		total += (uint64_t)n;
		if (total > max)
			return err_set(e, REJ_MALFORMED, "",
				       "standard input has more than %" PRIu64
				       " bytes: put it into a file, which may be longer",
				       max);
		if (write(to, chunk, (size_t)n) != n)
			return err_set(e, TRY_SYSTEM, "", "cannot write a temporary file: %s",
				       strerror(errno));
	}
	return n == 0
		   ? OK
		   : err_set(e, TRY_SYSTEM, "", "cannot read standard input: %s", strerror(errno));
}

enum code
infile_temporary(int *fd, struct err *e)
{
	const char *folder = getenv("TMPDIR");
	char name[256];

	if (folder == NULL || folder[0] == '\0')
		folder = "/tmp";
	snprintf(name, sizeof name, "%s/semsctl.XXXXXX", folder);
	*fd = mkostemp(name, O_CLOEXEC);
	if (*fd < 0)
		return err_set(e, TRY_SYSTEM, "", "cannot make a temporary file in %s: %s", folder,
			       strerror(errno));
	unlink(name);
	return OK;
}

/* ---- other encodings ---- */

#define NO_TEXT "\xff" /* nowhere in UTF-8 */

struct conversion {
	iconv_t iconv;
	int to;
	size_t unit; /* bytes to skip of what is no text */
	/* What was read and not converted: the beginning of a character, at most. */
	char in[65536];
	size_t n;
	struct err *e;
};

static bool
put(struct conversion *c, const char *p, size_t n)
{
	if (n == 0 || write(c->to, p, n) == (ssize_t)n)
		return true;
	err_set(c->e, TRY_SYSTEM, "", "cannot write a temporary file: %s", strerror(errno));
	return false;
}

/* What there is so far; at the end the beginning of a character is no text. */
static bool
convert_chunk(struct conversion *c, bool is_end)
{
	char *at = c->in;
	size_t left = c->n;

	while (left > 0) {
		char out[65536];
		char *to = out;
		size_t room = sizeof out;
		size_t done = iconv(c->iconv, &at, &left, &to, &room);
		int why = errno;
		size_t skip = left < c->unit ? left : c->unit;

		if (!put(c, out, sizeof out - room))
			return false;
		if (done != (size_t)-1 || why == E2BIG)
			continue;
		if (why == EINVAL && !is_end)
			break;
		if (!put(c, NO_TEXT, 1))
			return false;
		at += skip;
		left -= skip;
	}
	memmove(c->in, at, left);
	c->n = left;
	return true;
}

static enum code
convert_all(struct conversion *c, int from)
{
	off_t at = 0;
	ssize_t n;

	while ((n = pread(from, c->in + c->n, sizeof c->in - c->n, at)) > 0) {
		at += n;
		c->n += (size_t)n;
		if (!convert_chunk(c, false))
			return c->e->code;
	}
	if (n < 0)
		return err_set(c->e, TRY_SYSTEM, "", "cannot read the file: %s", strerror(errno));
	return convert_chunk(c, true) ? OK : c->e->code;
}

enum code
infile_convert(int *fd, uint64_t *size, const char *encoding, struct err *e)
{
	struct conversion *c = calloc(1, sizeof *c);
	struct stat st;
	enum code code;
	int to = -1;

	if (c == NULL)
		return err_set(e, TRY_LIMIT, "memory", "out of memory");
	c->iconv = iconv_open("UTF-8", encoding);
	if (c->iconv ==
	    (iconv_t)-1) { /* NOLINT(performance-no-int-to-ptr): as iconv_open(3) has it */
		free(c);
		return err_set(e, REJ_FIELD, "encoding",
			       "there is no encoding '%s': UTF-8, latin1 and windows-1252 are "
			       "the usual ones",
			       encoding);
	}
	c->e = e;
	c->unit = strncasecmp(encoding, "utf-16", 6) == 0 ? 2 : 1;
	code = infile_temporary(&to, e);
	c->to = to;
	if (code == OK)
		code = convert_all(c, *fd);
	if (code == OK && fstat(to, &st) != 0)
		code =
		    err_set(e, TRY_SYSTEM, "", "cannot read a temporary file: %s", strerror(errno));
	iconv_close(c->iconv);
	free(c);
	if (code != OK) {
		if (to >= 0)
			close(to);
		return code;
	}
	close(*fd);
	*fd = to;
	*size = (uint64_t)st.st_size;
	return OK;
}

enum code
infile_spool(int from, uint64_t max, int *fd, uint64_t *size, struct err *e)
{
	struct stat st;
	enum code code = infile_temporary(fd, e);

	if (code != OK)
		return code;
	code = copy_all(from, *fd, max, e);
	if (code == OK && fstat(*fd, &st) != 0)
		code =
		    err_set(e, TRY_SYSTEM, "", "cannot read a temporary file: %s", strerror(errno));
	if (code == OK) {
		*size = (uint64_t)st.st_size;
		return OK;
	}
	close(*fd);
	*fd = -1;
	return code;
}

enum code
infile_open(const char *path, int *fd, uint64_t *size, struct err *e)
{
	struct stat st;
	struct err why;
	enum code code;

	if (strcmp(path, "-") == 0)
		return infile_spool(STDIN_FILENO, SPOOL_MAX, fd, size, e);
	code = plainfile_open(AT_FDCWD, path, 0, fd, &st, &why);
	if (code != OK)
		return err_set(e, code, path, "%s%s", why.text,
			       code == REJ_MALFORMED ? "; - reads standard input" : "");
	*size = (uint64_t)st.st_size;
	return OK;
}

bool
infile_read(int fd, uint64_t offset, size_t size, struct buf *out)
{
	unsigned char *p = buf_extend(out, size);
	ssize_t n;

	if (p == NULL)
		return false;
	n = pread(fd, p, size, (off_t)offset);
	if (n < 0)
		n = 0;
	out->n -= size - (size_t)n;
	while (out->n > 0 && (out->p[out->n - 1] == '\n' || out->p[out->n - 1] == '\r'))
		out->n--;
	return true;
}

void
infile_digest(int fd, char out[INFILE_DIGEST_SIZE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char hash[SHA256_SIZE];
	unsigned char piece[65536];
	off_t at = 0;
	ssize_t n = 0;
	bool good = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1;

	while (good && (n = pread(fd, piece, sizeof piece, at)) > 0) {
		good = EVP_DigestUpdate(ctx, piece, (size_t)n) == 1;
		at += n;
	}
	out[0] = '\0';
	if (good && n == 0 && EVP_DigestFinal_ex(ctx, hash, NULL) == 1)
		hex_encode(hash, sizeof hash, out);
	EVP_MD_CTX_free(ctx);
}
