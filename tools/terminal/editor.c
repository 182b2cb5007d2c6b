#include "tools/terminal/editor.h"

#include "base/file/plainfile.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char fallback[2][8] = {"editor", "vi"};

static char *
editor_name(void)
{
	char *visual = getenv("VISUAL");
	char *editor = getenv("EDITOR");

	if (visual != NULL && visual[0] != '\0')
		return visual;
	if (editor != NULL && editor[0] != '\0')
		return editor;
	return fallback[access("/usr/bin/editor", X_OK) == 0 ? 0 : 1];
}

static enum code
make_file(const struct buf *text, char path[EDITOR_PATH], struct err *e)
{
	const char *folder = getenv("TMPDIR");
	size_t done = 0;
	int fd;

	snprintf(path, EDITOR_PATH, "%s/semsctl-comment.XXXXXX",
		 folder != NULL && folder[0] != '\0' ? folder : "/tmp");
	fd = mkstemp(path);
	while (fd >= 0 && done < text->n) {
		ssize_t n = write(fd, text->p + done, text->n - done);

		if (n <= 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0 && close(fd) == 0 && done == text->n)
		return OK;
	return err_set(e, FATAL_CONFIG, "editor", "%s: cannot be written: %s", path,
		       strerror(errno));
}

/* The editor's name may bring options of its own, as in "code --wait": the shell takes it apart. */
static enum code
run(char *editor, char *path, struct err *e)
{
	char how[] = "eval \"exec $1 \\\"\\$2\\\"\"";
	char sh[] = "sh";
	char command[] = "-c";
	char *argv[] = {sh, command, how, sh, editor, path, NULL};
	pid_t child;
	int status;
	int failed = posix_spawn(&child, "/bin/sh", NULL, NULL, argv, environ);

	if (failed != 0)
		return err_set(e, FATAL_CONFIG, "editor", "%s: %s", editor, strerror(failed));
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return err_set(e, FATAL_CONFIG, "editor", "%s: %s", editor,
				       strerror(errno));
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return OK;
	return err_set(e, FATAL_CONFIG, "editor",
		       "the editor '%s' ended badly; set EDITOR to one that is there. What was "
		       "written is in %s",
		       editor, path);
}

enum code
editor_ask(const struct buf *text, char path[EDITOR_PATH], struct buf *out, struct err *e)
{
	enum code code;

	buf_init(out, EDITOR_TEXT_MAX);
	code = make_file(text, path, e);
	if (code == OK)
		code = run(editor_name(), path, e);
	if (code == OK)
		code = plainfile_read(AT_FDCWD, path, 0, out, e);
	return code;
}

void
editor_forget(const char *path)
{
	unlink(path);
}
