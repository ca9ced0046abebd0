internal import CPNG

/// Encodes pictures as PNG through libpng's simplified API.
enum PNGFile {
    /// The bytes of the file.
    ///
    /// - Throws: That libpng refuses the picture.
    static func bytes(of canvas: PixelCanvas) throws(PictureError) -> [UInt8] {
        guard let bytes = encoded(canvas) else {
            throw .refused(width: canvas.width, height: canvas.height)
        }
        return bytes
    }

    /// The bytes of the file; nil if libpng fails.
    static func encoded(_ canvas: PixelCanvas) -> [UInt8]? {
        var image = unsafe png_image()
        unsafe image.version = png_uint_32(PNG_IMAGE_VERSION)
        unsafe image.width = png_uint_32(canvas.width)
        unsafe image.height = png_uint_32(canvas.height)
        unsafe image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
        defer { unsafe png_image_free(&image) }
        // A picture that does not shrink at all needs its bytes, one more a row and the chunks.
        var size = canvas.bytes.count + canvas.height * 8 + 65_536
        let memory = unsafe [UInt8](unsafeUninitializedCapacity: size) { room, filled in
            let written = unsafe png_image_write_to_memory(
                &image,
                room.baseAddress,
                &size,
                0,
                canvas.bytes,
                0,
                nil
            )
            filled = written != 0 ? size : 0
        }
        return memory.isEmpty ? nil : memory
    }
}
