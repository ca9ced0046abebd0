#include <mpg123.h>

/// Sets and clears flags. `mpg123_param` is a macro in some versions, which Swift does not see.
static inline int mpg123_change_flags(mpg123_handle *handle, long added, long removed)
{
    int result = mpg123_param(handle, MPG123_REMOVE_FLAGS, removed, 0);
    return result == MPG123_OK ? mpg123_param(handle, MPG123_ADD_FLAGS, added, 0) : result;
}
