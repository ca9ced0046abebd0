#include "CQRCode.h"

#if __has_include(<qrencode.h>)

#include <dlfcn.h>
#include <qrencode.h>

int cqrcode_draw(const char *text, unsigned char *modules)
{
    void *library = dlopen("libqrencode.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) return CQRCODE_NOT_INSTALLED;
    __typeof__(&QRcode_encodeString8bit) encode =
        (__typeof__(encode))dlsym(library, "QRcode_encodeString8bit");
    __typeof__(&QRcode_free) release = (__typeof__(release))dlsym(library, "QRcode_free");
    if (!encode || !release) return CQRCODE_NOT_INSTALLED;
    QRcode *code = encode(text, 0, QR_ECLEVEL_L);
    if (!code) return CQRCODE_TOO_LONG;
    int width = code->width;
    // Only the lowest bit of libqrencode's bytes is the colour.
    for (int index = 0; index < width * width; index++) modules[index] = code->data[index] & 1;
    release(code);
    return width;
}

#else

int cqrcode_draw(const char *text, unsigned char *modules)
{
    (void)text;
    (void)modules;
    return CQRCODE_NOT_BUILT_IN;
}

#endif
