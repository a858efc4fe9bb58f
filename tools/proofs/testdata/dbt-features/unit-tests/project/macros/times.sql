{% macro times(n) %}{{ n }}{% endmacro %}
