"""A worker that loads this lets a run of a job last for five seconds; no message may say so."""

from images.tasks import render

render.soft_time_limit, render.time_limit = 4, 5
