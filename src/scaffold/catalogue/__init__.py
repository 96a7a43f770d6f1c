"""The options of a template: its `copier.yml`, and what can be answered to it."""
