-- Seconds since a segment of the log last left, where work has been written since; :no_work bytes are PostgreSQL's own.
select case
    when (pg_walfile_name_offset(pg_current_wal_insert_lsn())).file_offset > :no_work
        or last_failed_time > last_archived_time
    then extract(epoch from now() - last_archived_time)
    else 0
end
from pg_stat_archiver;
