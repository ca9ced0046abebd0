/// QR codes by libqrencode.
///
/// The program does not depend on the library: it is compiled with its header where that is
/// installed, and loads the library when a code is wanted.

#ifndef CQRCODE_H
#define CQRCODE_H

/// The most modules on a side of a QR code, of version 40.
enum { cqrcode_max_width = 177 };

/// Why there is no code.
enum {
    /// The program was built without the header.
    CQRCODE_NOT_BUILT_IN = 0,
    /// The library is not installed.
    CQRCODE_NOT_INSTALLED = -1,
    /// The text does not fit into a code.
    CQRCODE_TOO_LONG = -2
};

/// Draws the code of a text.
///
/// - modules: Receives rows from the top, a byte a module, 1 for dark; room for the largest code.
/// - Returns: The modules on a side, or why there is no code.
int cqrcode_draw(const char *_Nonnull text, unsigned char *_Nonnull modules);

#endif
