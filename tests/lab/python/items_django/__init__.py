"""The items application on Django and Channels, laid out as `startproject` lays out a project."""
