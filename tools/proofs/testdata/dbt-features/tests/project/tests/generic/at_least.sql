{% test at_least(model, column_name, least) %}
{{ config(fail_calc = "coalesce(sum(bad), 0)") }}
select case when {{ column_name }} < {{ least }} then 1 else 0 end as bad from {{ model }}
{% endtest %}
