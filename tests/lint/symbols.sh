#!/usr/bin/env bash
# core, wire and ingest are pure: their objects call no libevent, libpq, socket, file, clock,
# environment or process function. The linker's view, so no macro or inline hides a call.
set -u
B=${SEMS_LINT_BUILD:-build/release}
make -s --no-print-directory "B=$B" MODE=release "$B/libcore.a" "$B/libwire.a" "$B/libingest.a" || exit 1
impure='^(event_|evbuffer|bufferevent|evconn|evutil|evsignal|PQ[a-z]|socket|bind$|listen$|accept|connect$|'
impure+='send|recv|shutdown$|select$|p?poll$|epoll|getaddrinfo|gethostby|time$|clock|gettimeofday|timespec_get|'
impure+='localtime|gmtime|mktime|strftime|tz|(secure_)?getenv|setenv|f?open(at)?(64)?$|creat|f?read$|f?write$|'
impure+='fdopen|fclose$|close$|v?f?printf$|v?dprintf|puts$|fputs$|putc|fgets|getline|f?l?stat(at|x)?(64)?$|unlink|rename|'
impure+='mkdir|opendir|mmap|dlopen|rand|s?random|getrandom|arc4random|fork|vfork|exec|posix_spawn|system$|'
impure+='popen|signal$|sigaction|kill$|_?exit$|abort$|sleep|usleep|nanosleep|pthread_|RAND_|BIO_s_file)'
rc=0
for layer in core wire ingest; do
	objects=$(find "$B/daemon/$layer" -name '*.o')
	[ -n "$objects" ] || { echo "$layer: no objects under $B"; rc=1; continue; }
	for object in $objects; do
		# Objects of deleted sources are not of the tree.
		source=${object#"$B/"}
		[ -f "${source%.o}.c" ] || continue
		found=$(nm -u "$object" | sed 's/.* U //; s/@.*//; s/^__//; s/_chk$//' | grep -E "$impure")
		[ -z "$found" ] || { echo "${source%.o}.c calls:" "$(echo "$found" | paste -sd" ")"; rc=1; }
	done
done
# What speaks HTTP to strangers cannot reach the database but through semsd.
make -s --no-print-directory "B=$B" MODE=release "$B/semsweb" || exit 1
found=$(readelf -d "$B/semsweb" | grep -E 'NEEDED.*lib(pq|xlsxwriter)'; nm "$B/semsweb" | grep -E ' (U|T) PQ[a-z]')
[ -z "$found" ] || { echo "semsweb has a library of the database:" "$found"; rc=1; }
exit $rc
