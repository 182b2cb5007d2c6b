-- For whom this semsd's sessions have waited for longer than $1, directly and through others, the longest for how
-- many seconds; and which semsd's sessions were ended, because for longer than $2 they stood still in a COPY: all
-- that the server waits for is their next bytes, and idle_in_transaction_session_timeout does not count that.
WITH RECURSIVE session AS MATERIALIZED (
    SELECT a.pid, a.application_name, a.state, a.wait_event, a.query_start,
        coalesce(nullif(a.application_name, ''), a.usename, 'a session') || ' (backend ' || a.pid || ')' AS name,
        a.usesysid = (SELECT r.oid FROM pg_roles AS r WHERE r.rolname = session_user)
            AND (a.application_name LIKE 'semsd %'
                OR a.application_name = current_setting('application_name')) AS is_semsd
    FROM pg_stat_activity AS a WHERE a.datname = current_database()
), waiting AS MATERIALIZED (
    SELECT l.pid, min(l.waitstart) AS since
    FROM pg_locks AS l JOIN session AS s ON s.pid = l.pid
    WHERE NOT l.granted AND s.application_name = current_setting('application_name')
        AND l.waitstart < clock_timestamp() - $1::interval
    GROUP BY l.pid
), chain (pid) AS (
    SELECT unnest(pg_blocking_pids(w.pid)) FROM waiting AS w
    UNION
    SELECT b.pid FROM chain AS c CROSS JOIN LATERAL unnest(pg_blocking_pids(c.pid)) AS b (pid)
), ended AS MATERIALIZED (
    SELECT s.name, pg_terminate_backend(s.pid) FROM session AS s
    WHERE s.is_semsd AND s.state = 'active' AND s.wait_event = 'ClientRead'
        AND s.query_start < clock_timestamp() - $2::interval
)
SELECT
    (SELECT string_agg(coalesce(s.name, 'backend ' || c.pid), ', ' ORDER BY c.pid)
        FROM chain AS c LEFT JOIN session AS s ON s.pid = c.pid),
    (SELECT extract(epoch FROM clock_timestamp() - min(w.since))::bigint FROM waiting AS w),
    (SELECT string_agg(e.name, ', ' ORDER BY e.name) FROM ended AS e)
