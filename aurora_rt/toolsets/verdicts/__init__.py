"""Whether a command only reads. Default is deny: what is not understood is denied.

    options     flags and words of an argument vector, by what a program is known to take
    files       which files may be shown
    machine     programs that look at the machine: ps, df, find, journalctl, …
    reading     programs that show files: cat, head, tail, wc, grep
    network     ip, ss, dig, ping, openssl, …
    web         curl
    cluster     kubectl, helm
    containers  docker
    code        git
    stores      redis-cli
    cloud       aws, gcloud, az
    table       program → its check
    acting      apart from all these: the few commands that may change one thing, once a person approved them
    text        a command line as a person types it, into an argument vector, or why not

Checks are pure and never raise. A program is named without a path, so that the one that is known is the one that runs;
nothing that starts another program, reads what to do from a file, or follows for ever is allowed.
"""
