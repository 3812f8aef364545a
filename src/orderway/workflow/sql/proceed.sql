-- name: insert_roots
-- Insert instances in the order of the input; none comes back for a subject that already runs through the same map.
-- Who keeps arrivals (claim) sees by the lock of the subject's slot that it begins, before the instance itself can be seen.
with held as materialized (
    select count(pg_advisory_xact_lock_shared(hashtext('orderway arrival'), s.slot)) as slots
    from (
        select distinct ((w.subject + hashtext(w.subject_type)) & 63)::integer as slot
        from unnest(%(subject_type)s::text[], %(subject)s::bigint[]) as w (subject_type, subject)
        order by 1
    ) s
),
fresh as (
    select nextval('process_instance_id_seq') as id, w.definition, w.version, w.subject_type, w.subject
    from unnest(%(definition)s::bigint[], %(version)s::bigint[], %(subject_type)s::text[], %(subject)s::bigint[])
         with ordinality as w (definition, version, subject_type, subject, place)
    order by w.place
)
insert into process_instance (id, company_id, definition_id, version_id, root_id, subject_type, subject_id, state, started_at,
                              path, path_at, values, started_by)
select f.id, %(company)s::bigint, f.definition, f.version, f.id, f.subject_type, f.subject, 'running', %(now)s::timestamptz,
       '{}', '{}', '{}', coalesce(%(on_behalf_of)s::bigint, nullif(%(actor)s::bigint, 0))
from fresh f cross join held
on conflict (definition_id, subject_id) where state = 'running' and parent_id is null do nothing
returning id, definition_id, subject_id

-- name: insert_arrivals
-- Say that something happened to subjects.
insert into arrival (company_id, subject_type, subject_id, name, at, state)
select %(company)s::bigint, %(subject_type)s::text, s.id, %(name)s::text, %(now)s::timestamptz, 'new'
from unnest(%(subjects)s::bigint[]) as s (id)

-- name: orphans
-- Whether anything arrived for a subject that is on no map.
select a.id from arrival a
where a.state = 'new' and not exists (
    select from process_instance i
    where i.subject_type = a.subject_type and i.subject_id = a.subject_id and i.state = 'running'
)
limit 1

-- name: claim
-- Lock the slots of such subjects, but those in which a map begins just now: what arrives for these is looked at again.
with slots as materialized (
    select distinct ((a.subject_id + hashtext(a.subject_type)) & 63)::integer as slot
    from arrival a
    where a.state = 'new' and not exists (
        select from process_instance i
        where i.subject_type = a.subject_type and i.subject_id = a.subject_id and i.state = 'running'
    )
    order by 1
)
select s.slot from slots s where pg_try_advisory_xact_lock(hashtext('orderway arrival'), s.slot)

-- name: keep_orphans
-- Keep arrivals of subjects of locked slots that are on no map: one may start later. A signal is for who listened only.
update arrival a set state = case when a.token_id is null then 'kept' else 'taken' end
where a.state = 'new' and ((a.subject_id + hashtext(a.subject_type)) & 63)::integer = any(%(slots)s::integer[]) and not exists (
    select from process_instance i
    where i.subject_type = a.subject_type and i.subject_id = a.subject_id and i.state = 'running'
)

-- name: beginning
-- Of these subjects those for which a map begins just now: somebody holds the lock of their slot, which is only tried and not kept.
with slots as materialized (
    select k.slot,
           case when pg_try_advisory_lock(hashtext('orderway arrival'), k.slot)
                then pg_advisory_unlock(hashtext('orderway arrival'), k.slot) else false end as free
    from (
        select distinct ((s.id + hashtext(%(subject_type)s::text)) & 63)::integer as slot from unnest(%(subjects)s::bigint[]) as s (id)
    ) k
)
select s.id as subject_id
from unnest(%(subjects)s::bigint[]) as s (id)
join slots k on k.slot = ((s.id + hashtext(%(subject_type)s::text)) & 63)::integer
where not k.free

-- name: elsewhere
-- Which of these subjects also run under other roots than these.
select distinct i.subject_id from process_instance i
where i.subject_type = %(subject_type)s::text and i.subject_id = any(%(subjects)s::bigint[]) and i.state = 'running'
  and i.root_id <> all(%(roots)s::bigint[]) and {visible process_instance i}

-- name: listening
-- Which of these tokens are still there.
select t.id from token t where t.id = any(%(tokens)s::bigint[]) and {visible token t}

-- name: starting
-- Arrivals that nobody took and that start a map not running for their subject yet; and clocks that are due.
select a.company_id, 'workflow.start_arrived' as command, a.id
from process_definition d
join lateral (
    select v.published_at from process_version v where v.definition_id = d.id order by v.number desc limit 1
) v on true
join arrival a on a.company_id = d.company_id and a.name = any(d.starts) and a.subject_type = d.subject_type
              and a.state = 'kept' and a.at >= v.published_at
where d.starts <> '{}' and not exists (
    select from process_instance i
    where i.definition_id = d.id and i.subject_id = a.subject_id and i.state = 'running' and i.parent_id is null
)
union
select c.company_id, 'workflow.start_due', c.id from process_clock c where c.due_at <= %(now)s::timestamptz
order by 1, 2, 3
limit 1000

-- name: lock_arrivals
-- Lock arrivals that start maps, with the maps.
select a.id, a.subject_id, a.name, d.key
from arrival a
join process_definition d on d.company_id = a.company_id and d.subject_type = a.subject_type and a.name = any(d.starts)
where a.id = any(%(ids)s::bigint[]) and a.state = 'kept' and {visible arrival a}
order by a.id for update of a skip locked

-- name: take_arrivals
-- They have started a map.
update arrival set state = 'taken' where id = any(%(ids)s::bigint[])

-- name: lock_clocks
-- Lock clocks that are due.
select c.id, c.node, c.due_at, c."left", d.key
from process_clock c join process_definition d on d.id = c.definition_id
where c.id = any(%(ids)s::bigint[]) and c.due_at <= %(now)s::timestamptz and {visible process_clock c}
order by c.id for update of c skip locked

-- name: wind_clocks
-- When clocks ring next, and how often.
update process_clock c set due_at = w.due_at, "left" = w.times
from unnest(%(id)s::bigint[], %(due_at)s::timestamptz[], %(times)s::integer[]) as w (id, due_at, times)
where c.id = w.id

-- name: stop_clocks
-- Clocks that have rung for the last time.
delete from process_clock where id = any(%(ids)s::bigint[])

-- name: ready
-- Roots of instances that something arrived for, whose timer is due, or that hold a ready token; of each a thousand at most.
-- Each timer and token looks up its own instance (offset 0): a server that last saw these tables empty would go through all of them for each.
select r.company_id, r.root_id
from (
    (select i.company_id, i.root_id
     from arrival a join process_instance i on i.subject_type = a.subject_type and i.subject_id = a.subject_id
     where a.state = 'new' and i.state = 'running' and i.id = i.root_id
     order by a.id limit 1000)
    union
    (select i.company_id, i.root_id
     from (select token_id from timer where due_at <= %(now)s::timestamptz order by due_at limit 1000) t
     cross join lateral (select instance_id from token where id = t.token_id offset 0) k
     cross join lateral (select company_id, root_id, state from process_instance where id = k.instance_id offset 0) i
     where i.state = 'running')
    union
    (select i.company_id, i.root_id
     from (select instance_id from token where state = 'ready' order by id limit 1000) k
     cross join lateral (select company_id, root_id, state from process_instance where id = k.instance_id offset 0) i
     where i.state = 'running')
) r
order by r.company_id, r.root_id
limit 1000

-- name: halt
-- An instance that cannot move stands still until it is tried again.
update token t set state = 'stuck', reason_code = 'broken'
from process_instance i
where i.root_id = %(root)s::bigint and t.instance_id = i.id and t.state = 'ready'

-- name: halt_arrivals
-- What arrived for it is kept.
update arrival a set state = 'kept'
from process_instance i
where i.root_id = %(root)s::bigint and a.subject_type = i.subject_type and a.subject_id = i.subject_id and a.state = 'new'

-- name: halt_timers
-- Its timers ring again later.
update timer t set due_at = %(now)s::timestamptz + interval '1 hour'
from token k join process_instance i on i.id = k.instance_id
where i.root_id = %(root)s::bigint and t.token_id = k.id and t.due_at <= %(now)s::timestamptz

-- name: roots_of_tokens
-- The roots that tokens belong to.
select distinct i.root_id from token t join process_instance i on i.id = t.instance_id
where t.id = any(%(tokens)s::bigint[]) and {visible process_instance i}

-- name: roots_of_subjects
-- The running roots of subjects.
select i.id
from unnest(%(subject_type)s::text[], %(subject)s::bigint[]) as s (subject_type, subject)
join process_instance i on i.subject_type = s.subject_type and i.subject_id = s.subject
where i.state = 'running' and i.parent_id is null and {visible process_instance i}

-- name: withdraw
-- Nobody has to do these any more.
update work_item w set state = 'withdrawn', done_at = %(now)s::timestamptz
from process_instance i
where i.root_id = any(%(roots)s::bigint[]) and w.instance_id = i.id and w.state = 'open'

-- name: stop_timers
-- Timers of stopped instances.
delete from timer t using token k, process_instance i
where i.root_id = any(%(roots)s::bigint[]) and k.instance_id = i.id and t.token_id = k.id

-- name: stop_tokens
-- Tokens of stopped instances.
delete from token t using process_instance i where i.root_id = any(%(roots)s::bigint[]) and t.instance_id = i.id

-- name: stop_instances
-- The instances themselves.
update process_instance set state = 'stopped', ended_at = %(now)s::timestamptz
where root_id = any(%(roots)s::bigint[]) and state = 'running'

-- name: signal
-- Give signals to every token that listens now.
insert into arrival (company_id, subject_type, subject_id, name, at, state, token_id)
select %(company)s::bigint, i.subject_type, i.subject_id, 'signal:' || k.signal, %(now)s::timestamptz, 'new', k.id
from token k join process_instance i on i.id = k.instance_id
where k.company_id = %(company)s::bigint and k.signal = any(%(names)s::text[]) and k.signal <> ''
