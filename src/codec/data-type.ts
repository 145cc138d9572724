/** Names the member by which a class carries `T` in its type. There is nothing there when the program runs. */
export declare const dataType: unique symbol;
