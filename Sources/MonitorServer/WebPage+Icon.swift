extension WebPage.File {
    /// The page's sign in tabs and bookmarks, without which browsers ask for one in vain.
    static let icon = WebPage.File(
        type: "image/svg+xml",
        text: """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
            <rect width="32" height="32" rx="7" fill="#2c7a5b"/>
            <g fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round">
            <path d="M7 14v4M13 9v14M19 5v22M25 12v8"/>
            </g>
            </svg>

            """
    )
}
