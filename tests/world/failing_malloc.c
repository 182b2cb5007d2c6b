/*
 * Makes allocations fail: the Nth from now, once or from then on. Loaded before semsd
 * (LD_PRELOAD), told what to do through a small file that both sides map, so that a running daemon
 * can be tried at any moment. FAILING_MALLOC names the file.
 *
 * With the sanitizer's library linked, the next malloc in line is the sanitizer's own.
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct control {
	uint64_t count;   /* allocations so far */
	uint64_t fail_at; /* the number that fails; 0: none */
	uint64_t on;      /* 1: all from then on */
	uint64_t failed;  /* how many did */
};

static struct control nobody;
static struct control *control = &nobody;
static void *(*next_malloc)(size_t);
static void *(*next_calloc)(size_t, size_t);
static void *(*next_realloc)(void *, size_t);
static void (*next_free)(void *);

/* dlsym() allocates before it can say where the real ones are. */
static char early[8192] __attribute__((aligned(16)));
static size_t early_used;

static void *
early_alloc(size_t n)
{
	void *p = early + early_used;

	n = (n + 15) & ~(size_t)15;
	if (n > sizeof early - early_used)
		return NULL;
	early_used += n;
	return p;
}

static int
is_early(const void *p)
{
	return (const char *)p >= early && (const char *)p < early + sizeof early;
}

static void *
found(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

static void
look_up(void)
{
	static int under_way;

	if (under_way)
		return;
	under_way = 1;
	*(void **)&next_free = found("free");
	*(void **)&next_calloc = found("calloc");
	*(void **)&next_realloc = found("realloc");
	*(void **)&next_malloc = found("malloc");
	under_way = 0;
}

__attribute__((constructor)) static void
attach(void)
{
	const char *path = getenv("FAILING_MALLOC");
	int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
	void *p;
	void *here;

	/* The first call loads a library, which allocates. */
	backtrace(&here, 1);
	if (fd < 0)
		return;
	p = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p != MAP_FAILED)
		control = p;
}

/* Whose allocation it was, into the log of the process. */
static void
tell(void)
{
	void *frames[16];

	backtrace_symbols_fd(frames, backtrace(frames, 16), STDERR_FILENO);
}

/* The sanitizer asks for each new thread's stack, and ends the process when that has no memory:
 * nothing of semsd's is tried by it. */
static int
is_sanitizers_own(void)
{
	void *frames[6];
	int n = backtrace(frames, 6);
	Dl_info at;

	for (int i = 0; i < n; i++)
		if (dladdr(frames[i], &at) != 0 && at.dli_sname != NULL &&
		    strcmp(at.dli_sname, "pthread_getattr_np") == 0)
			return 1;
	return 0;
}

static int
fails(void)
{
	struct control *c = control;
	uint64_t n = ++c->count;

	if (c->fail_at == 0 || n < c->fail_at || (n > c->fail_at && !c->on))
		return 0;
	if (is_sanitizers_own())
		return 0;
	c->failed++;
	if (n == c->fail_at)
		tell();
	errno = ENOMEM;
	return 1;
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the C library's are reserved */
void *
malloc(size_t n)
{
	if (next_malloc == NULL)
		look_up();
	if (next_malloc == NULL)
		return early_alloc(n);
	return fails() ? NULL : next_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
	if (next_calloc == NULL)
		look_up();
	if (next_calloc == NULL)
		return early_alloc(n * size);
	return fails() ? NULL : next_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
	void *q;

	if (next_realloc == NULL)
		look_up();
	if (next_realloc != NULL && !is_early(p))
		return fails() ? NULL : next_realloc(p, n);
	q = malloc(n);
	if (q != NULL && p != NULL)
		memcpy(q, p,
		       n < (size_t)(early + sizeof early - (char *)p)
			   ? n
			   : (size_t)(early + sizeof early - (char *)p));
	return q;
}

void
free(void *p)
{
	if (p == NULL || is_early(p))
		return;
	if (next_free == NULL)
		look_up();
	/* What dlsym() itself gives back while it looks for free is not worth finding a way for. */
	if (next_free != NULL)
		next_free(p);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name): the C library's are reserved */
