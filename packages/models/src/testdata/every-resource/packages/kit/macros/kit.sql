{% macro twice(column) %}{{ return(adapter.dispatch('twice', 'kit')(column)) }}{% endmacro %}

{% macro default__twice(column) %}({{ column }} * 2){% endmacro %}

{% test at_most(model, column_name, most=100) %}
select * from {{ model }} where {{ column_name }} > {{ most }}
{% endtest %}
