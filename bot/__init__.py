"""The application: settings, wiring, pipeline, staff side, web server, commands."""
