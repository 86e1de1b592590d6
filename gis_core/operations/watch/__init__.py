"""What is measured of the platform while it runs, kept by day, and what its administrators hear of it.

Two tasks of the queue: `watch` every ten minutes (disks, certificate, requests, statements, then what needs somebody,
`alerts`), `measure_sizes` every night (bytes of each folder and member, the doctor's answer). Pages and /metrics read
what these have kept: nothing is measured while somebody waits.
"""
