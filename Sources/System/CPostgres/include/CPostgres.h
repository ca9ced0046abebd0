/// Statements for a PostgreSQL server, by libpq.
///
/// The program does not depend on the library, nor its build on the header: it is loaded when a
/// database is configured. The functions that are called have been the same since PostgreSQL 9.
/// Every wait has a limit, also for a server that takes what is sent and never answers.

#ifndef CPOSTGRES_H
#define CPOSTGRES_H

#include <stdbool.h>

#pragma clang assume_nonnull begin

/// A connection, for one thread at a time.
typedef struct cpostgres cpostgres;

/// Says whether what is under way is to be given up; asked several times a second.
typedef bool cpostgres_stop(void *context);

/// Why something failed.
typedef struct {
    /// The server's code for it, five characters; empty if the server said nothing.
    char code[6];
    /// Whether a constraint that has a name forbids a value.
    bool names_constraint;
    /// In words, as the library or the server puts it; may have several lines.
    char words[1024];
} cpostgres_fault;

/// Loads the library; false if it is not installed.
bool cpostgres_load(void);

/// Connects, or gives up after a time.
///
/// What comes later in the lists overrides what comes earlier; a connection string is the value of
/// `dbname`.
///
/// @param keywords The names of parameters, NULL at the end.
/// @param values Their values, as many.
/// @param fault Receives why it failed.
/// @return The connection; NULL if there is none.
cpostgres *_Nullable cpostgres_connect(
    const char *_Nullable const *_Nonnull keywords, const char *_Nullable const *_Nonnull values,
    int timeout_milliseconds, cpostgres_stop *stop, void *context, cpostgres_fault *fault);

/// Runs a statement with at most one parameter, `$1`, as text.
///
/// After a failure without a code the connection is of no use any more.
///
/// @param changed Receives how many rows it wrote; 0 for one that writes none.
/// @param fault Receives why it failed.
/// @return Whether it succeeded.
bool cpostgres_run(
    cpostgres *connection, const char *statement, const char *_Nullable parameter,
    int timeout_milliseconds, cpostgres_stop *stop, void *context, long *changed,
    cpostgres_fault *fault);

/// A value of the first row that the last statement returned; NULL if there is none, or it is null.
const char *_Nullable cpostgres_value(const cpostgres *connection, int column);

/// Ends the connection.
void cpostgres_close(cpostgres *connection);

#pragma clang assume_nonnull end

#endif
