-- name: open
-- Give the command its number, and the answer given before under this key. For few rows plans are kept: planning anew costs more.
select nextval('command_id_seq') as command_id, set_config('plan_cache_mode', %(plans)s::text, true) as plans
       , log.digest, log.outcome::text as outcome --? key
from (select 1) as one
left join command_log log --? key
    on log.actor_id = %(actor)s::bigint and log.key = %(key)s::text --? key

-- name: log
-- Keep the answer under its key; no row comes back when the key was taken meanwhile.
insert into command_log (id, actor_id, company_id, key, command, digest, outcome, at)
values (%(id)s::bigint, %(actor)s::bigint, %(company)s::bigint, %(key)s::text, %(command)s::text, %(digest)s::text,
        %(outcome)s::text::jsonb, %(now)s::timestamptz)
on conflict (actor_id, key) do nothing
returning id

-- name: check_constraints
-- Check now what would be checked at commit.
set constraints all immediate
