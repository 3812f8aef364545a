-- name: versions
-- The versions of a map, the latest first, and its definition.
select d.id as definition_id, d.key, d.name, d.subject_type, v.id, v.number, v.digest, v.published_at
from process_definition d
join process_version v on v.definition_id = d.id
where d.key = %(map)s::text and {visible process_definition d}
order by v.number desc

-- name: variants
-- The ways through a map that were taken to their end in a period: each with how many took it, and how long they took (seconds).
with chosen as (
    select i.id, i.version_id, i.path, i.ended_at - i.started_at as took, i.ended_at
    from process_instance i join company c on c.id = i.company_id
    where i.definition_id = %(definition)s::bigint and i.state = 'ended' and {visible process_instance i}
      and i.ended_at >= (%(since)s::date)::timestamp at time zone c.timezone --? since
      and i.ended_at < (%(until)s::date + 1)::timestamp at time zone c.timezone --? until
      and i.version_id = %(version)s::bigint --? version
), turn as (
    select * from unnest(%(turn_version)s::bigint[], %(turn_flow)s::text[], %(turn_node)s::text[], %(turn_kind)s::text[])
        as t (version_id, flow, node, kind)
), way as (
    select c.id, c.took, c.ended_at, coalesce(w.steps, '{}') as steps
    from chosen c
    left join lateral (
        select array_agg(t.node order by p.place) as steps
        from unnest(c.path) with ordinality as p (flow, place)
        join turn t on t.version_id = c.version_id and t.flow = p.flow and t.kind = 'step'
    ) w on true
)
select md5(array_to_string(w.steps, ' ')) as variant, w.steps, count(*)::integer as cases,
       percentile_cont(0.5) within group (order by extract(epoch from w.took)) as median,
       percentile_cont(0.9) within group (order by extract(epoch from w.took)) as ninetieth,
       max(w.ended_at) as latest
from way w
group by w.steps
order by cases desc, variant

-- name: steps
-- What the ended cases of a period met at each place: visits, waiting and work (seconds), and what was visited again.
with chosen as (
    select i.id, i.version_id, i.path, i.path_at, i.ended_at, i.started_at
    from process_instance i join company c on c.id = i.company_id
    where i.definition_id = %(definition)s::bigint and i.state = 'ended' and {visible process_instance i}
      and i.ended_at >= (%(since)s::date)::timestamp at time zone c.timezone --? since
      and i.ended_at < (%(until)s::date + 1)::timestamp at time zone c.timezone --? until
      and i.version_id = %(version)s::bigint --? version
), turn as (
    select * from unnest(%(turn_version)s::bigint[], %(turn_flow)s::text[], %(turn_node)s::text[], %(turn_kind)s::text[])
        as t (version_id, flow, node, kind)
), walk as (
    select c.id, c.ended_at, t.node, t.kind, p.at, p.place
    from chosen c
    cross join lateral unnest(c.path, c.path_at) with ordinality as p (flow, at, place)
    join turn t on t.version_id = c.version_id and t.flow = p.flow
    where %(variant)s::text = ( --? variant
        select md5(coalesce(string_agg(s.node, ' ' order by q.place), '')) --? variant
        from unnest(c.path) with ordinality as q (flow, place) --? variant
        join turn s on s.version_id = c.version_id and s.flow = q.flow and s.kind = 'step') --? variant
), seen as (
    -- where several stand at one node at once, the first to come is taken for the first to leave; clearing a node ends all their stays.
    -- A flow that leads back to where it comes from leaves before it comes.
    select w.*, sum((w.kind = 'cleared')::integer) over (partition by w.id, w.node order by w.place, w.kind in ('came', 'step')) as span,
           min(w.at) filter (where w.kind = 'cleared') over (
               partition by w.id, w.node order by w.place desc, w.kind not in ('came', 'step') rows between unbounded preceding and 1 preceding
           ) as cleared_at
    from walk w
), numbered as (
    select s.*, row_number() over (partition by s.id, s.node, s.span, s.kind order by s.place) as nth from seen s
), stay as (
    select n.id, n.node, n.kind, n.at, n.place, n.ended_at,
           coalesce(max(n.at) filter (where n.kind = 'left') over (partition by n.id, n.node, n.span, n.nth), n.cleared_at) as left_at
    from numbered n
    where n.kind <> 'cleared'
), claimed as (
    select (e.data->>'work_item')::bigint as id, min(e.at) as at from event e
    where e.company_id = %(company)s::bigint and e.name = 'work.claimed'
    group by 1
), visit as (
    select s.id, s.node, s.at, s.place, coalesce(s.left_at, max(i.done_at), s.ended_at) as left_at,
           least(min(b.at), coalesce(s.left_at, max(i.done_at), s.ended_at)) as begun_at
    from stay s
    left join work_item i on i.instance_id = s.id and i.node = s.node and i.company_id = %(company)s::bigint
                         and i.opened_at between s.at and coalesce(s.left_at, s.ended_at)
    left join claimed b on b.id = i.id
    where s.kind in ('came', 'step')
    group by s.id, s.node, s.at, s.place, s.left_at, s.ended_at
), turned as (
    select v.*, row_number() over (partition by v.id, v.node order by v.place) as nth,
           max(v.left_at) over (partition by v.id, v.node) - min(v.left_at) over (partition by v.id, v.node) as again
    from visit v
)
select t.node, count(*)::integer as visits, count(distinct t.id)::integer as cases,
       sum(extract(epoch from t.begun_at - t.at))::double precision as waited,
       percentile_cont(0.5) within group (order by extract(epoch from t.begun_at - t.at)) as waited_median,
       percentile_cont(0.9) within group (order by extract(epoch from t.begun_at - t.at)) as waited_ninetieth,
       sum(extract(epoch from t.left_at - t.begun_at))::double precision as worked,
       percentile_cont(0.5) within group (order by extract(epoch from t.left_at - t.begun_at)) as worked_median,
       count(*) filter (where t.nth > 1)::integer as again,
       count(*) filter (where t.nth = 2)::integer as cases_again,
       coalesce(sum(extract(epoch from t.again)) filter (where t.nth = 2), 0)::double precision as again_took
from turned t
group by t.node
order by waited desc, t.node

-- name: begun_here
-- The ended cases of a period that began with the map, no other map having called it: all of them, or those of a way or through a step.
with turn as (
    select * from unnest(%(turn_version)s::bigint[], %(turn_flow)s::text[], %(turn_node)s::text[], %(turn_kind)s::text[])
        as t (version_id, flow, node, kind)
), chosen as (
    select i.id, i.subject_type, i.subject_id, coalesce(w.steps, '{}') as steps
    from process_instance i
    join company c on c.id = i.company_id
    left join lateral (
        select array_agg(t.node order by p.place) as steps
        from unnest(i.path) with ordinality as p (flow, place)
        join turn t on t.version_id = i.version_id and t.flow = p.flow and t.kind = 'step'
    ) w on true
    where i.definition_id = %(definition)s::bigint and i.state = 'ended' and i.parent_id is null and {visible process_instance i}
      and i.ended_at >= (%(since)s::date)::timestamp at time zone c.timezone --? since
      and i.ended_at < (%(until)s::date + 1)::timestamp at time zone c.timezone --? until
      and i.version_id = %(version)s::bigint --? version
)
select c.id, c.subject_type, c.subject_id
from chosen c
where true
  and md5(array_to_string(c.steps, ' ')) = %(variant)s::text --? variant
  and c.steps @> array[%(node)s::text] --? node
  and cardinality(array_positions(c.steps, %(again)s::text)) > 1 --? again
order by c.id

-- name: cases
-- The ended cases of a period: what they are about, how long they took (seconds) and what way they went.
with turn as (
    select * from unnest(%(turn_version)s::bigint[], %(turn_flow)s::text[], %(turn_node)s::text[], %(turn_kind)s::text[])
        as t (version_id, flow, node, kind)
), chosen as (
    select i.id, i.subject_type, i.subject_id, v.number, i.started_at, i.ended_at, coalesce(w.steps, '{}') as steps
    from process_instance i
    join company c on c.id = i.company_id
    join process_version v on v.id = i.version_id
    left join lateral (
        select array_agg(t.node order by p.place) as steps
        from unnest(i.path) with ordinality as p (flow, place)
        join turn t on t.version_id = i.version_id and t.flow = p.flow and t.kind = 'step'
    ) w on true
    where i.definition_id = %(definition)s::bigint and i.state = 'ended' and {visible process_instance i}
      and i.ended_at >= (%(since)s::date)::timestamp at time zone c.timezone --? since
      and i.ended_at < (%(until)s::date + 1)::timestamp at time zone c.timezone --? until
      and i.version_id = %(version)s::bigint --? version
)
select c.id, c.subject_type, c.subject_id, c.number, c.started_at, c.ended_at,
       extract(epoch from c.ended_at - c.started_at)::double precision as took,
       md5(array_to_string(c.steps, ' ')) as variant, cardinality(c.steps) as steps
from chosen c
where true
  and md5(array_to_string(c.steps, ' ')) = %(variant)s::text --? variant
  and c.steps @> array[%(node)s::text] --? node
  and cardinality(array_positions(c.steps, %(again)s::text)) > 1 --? again
order by {sort} limit %(limit)s::integer offset %(offset)s::integer
