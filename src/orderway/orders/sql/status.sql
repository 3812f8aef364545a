-- name: head
-- What a customer may know of an order who holds its link: nothing of prices, addresses or persons.
select o.id, o.number, o.their_reference, o.ordered_on, o.requested_on, o.promised_on, o.state, o.held_from, p.language,
       c.name as company, c.timezone
from sales_order o join party p on p.id = o.customer_id join company c on c.id = o.company_id
where o.id = %(id)s::bigint and {visible sales_order o}

-- name: lines
-- What was ordered, without what was struck off, and how much of it has left.
select l.position, l.description, l.unit, l.quantity - l.cancelled as quantity, l.delivered, l.demand_id is not null as goods
from order_line l
where l.order_id = %(id)s::bigint and l.quantity > l.cancelled and {visible order_line l}
order by l.position
