{{ config(tags=['checks'], severity='error') }}
select o.* from {{ ref('orders') }} o
left join {{ ref('customers', v=1) }} c on c.customer_id = o.customer_id
where c.customer_id is null
