/// The version of the program, as `--version` and `status` say it.
let earwitnessVersion = "0.2.0"
